// Cuts and gives the power of single nodes, as rig.toml says it is done.
#pragma once

#include <map>
#include <string>

#include "hil/program_watch.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

class Power {
 public:
  // Both must live as long; the rig has Capability::kPower.
  Power(const Rig& rig, ProgramWatch& programs) : rig_(rig), programs_(programs) {}

  enum class To { kOff, kOn };
  // Begins to; what came of it says IsSwitched. Errors: it cannot even begin.
  Result<void> Switch(const std::string& node, To to);
  // False: it is under way. kFailed: the power command ended badly; kTimedOut: it does not end.
  Result<bool> IsSwitched(const std::string& node);
  // Every command that is under way has ended, or had its time.
  Result<void> Settle();

 private:
  static constexpr os::Moment kCommandWithin = std::chrono::seconds(30);
  struct Running {
    os::ProcessId program = 0;
    os::Moment late{0};
  };

  const Rig& rig_;
  ProgramWatch& programs_;
  std::map<std::string, Running> running_;  // by node
};

}  // namespace zprov::hil
