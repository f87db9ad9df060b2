// Who started us and watches over us: systemd's notify protocol (sd_notify(3)), for `serve`.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace zprov::os {

class Supervisor {
 public:
  virtual ~Supervisor() = default;

  // How often Alive must be said, lest we are taken for hung and started anew; half of what the
  // supervisor waits. Nothing when nobody watches.
  virtual std::optional<std::chrono::nanoseconds> AliveInterval() = 0;

  // None of these can fail for the caller: where nobody listens, nothing happens.
  virtual void Alive() = 0;
  enum class Phase { kReady, kReloading, kStopping };
  virtual void Enter(Phase phase) = 0;
  virtual void Describe(std::string_view status) = 0;  // one line, for `systemctl status`
};

}  // namespace zprov::os
