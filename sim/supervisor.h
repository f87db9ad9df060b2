// A supervisor of the simulated host that remembers what it heard.
#pragma once

#include <optional>
#include <string>

#include "os/clock.h"
#include "os/supervisor.h"

namespace zprov::sim {

class Supervisor final : public os::Supervisor {
 public:
  explicit Supervisor(const os::Clock& clock) : clock_(clock) {}

  std::optional<std::chrono::nanoseconds> AliveInterval() override;
  void Alive() override;
  void Enter(Phase phase) override;
  void Describe(std::string_view status) override;

  // It wants to hear Alive this often; nothing: it watches nobody.
  void Watch(std::optional<std::chrono::nanoseconds> interval) { interval_ = interval; }

  std::optional<Phase> phase() const { return phase_; }
  std::optional<os::Moment> last_alive() const { return last_alive_; }
  const std::string& status() const { return status_; }

 private:
  const os::Clock& clock_;
  std::optional<std::chrono::nanoseconds> interval_;
  std::optional<Phase> phase_;
  std::optional<os::Moment> last_alive_;
  std::string status_;
};

}  // namespace zprov::sim
