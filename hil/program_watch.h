// Hears what a run must not miss, whoever waits for events meanwhile: what the programs say that
// its scenarios started, and that it was interrupted. The engine asks for the next event, and this
// listens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "os/system.h"
#include "util/result.h"

namespace zprov::hil {

class ProgramWatch final : public os::Events {
 public:
  // `system` must live as long.
  explicit ProgramWatch(os::System& system);
  ~ProgramWatch() override;  // what still runs is told to end
  ProgramWatch(const ProgramWatch&) = delete;
  ProgramWatch& operator=(const ProgramWatch&) = delete;

  // The same system; what waits for its events is overheard.
  os::System& system() { return heard_; }

  // Errors as os::Processes::Start.
  Result<os::ProcessId> Start(const std::vector<std::string>& argv);
  // What it says from here on is lost; one that has ended is left alone.
  void Stop(os::ProcessId program);
  // Nothing while it runs.
  std::optional<int> ExitOf(os::ProcessId program) const;
  // The first kMostKept bytes.
  const std::string& SaidBy(os::ProcessId program) const { return programs_.at(program).said; }

  // SIGINT or SIGTERM came since it was taken last.
  bool WasInterrupted() const { return was_interrupted_; }
  bool TakeInterrupt() { return std::exchange(was_interrupted_, false); }

  Result<os::Event> Next(os::Moment deadline) override;

 private:
  static constexpr size_t kMostKept = 64 * 1024;
  struct Program {
    std::string said = {};
    std::optional<int> exit = {};
  };

  os::System& real_;
  os::System heard_;
  std::map<os::ProcessId, Program> programs_;
  bool was_interrupted_ = false;
};

}  // namespace zprov::hil
