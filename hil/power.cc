#include "hil/power.h"

#include <fmt/format.h>

#include "util/strings.h"

namespace zprov::hil {

Result<void> Power::Switch(const std::string& node, To to) {
  const BoardAtRig& board = *BoardOf(rig_, node);
  if (rig_.described->power == PowerBy::kPort) {
    using PortPower = os::UsbBus::PortPower;
    if (!board.usb) return Fail(ErrorKind::kNotFound, node + " has no port: give usb in rig.toml");
    return rig_.system.live->usb.SetPortPower(*board.usb,
                                              to == To::kOff ? PortPower::kOff : PortPower::kOn);
  }
  std::vector<std::string> argv = board.power_command;
  argv.emplace_back(to == To::kOff ? "off" : "on");
  ZPROV_ASSIGN(const os::ProcessId program, programs_.Start(argv));
  running_[node] = {program, rig_.system.clock.Now() + kCommandWithin};
  return {};
}

Result<bool> Power::IsSwitched(const std::string& node) {
  const auto found = running_.find(node);
  if (found == running_.end()) return true;
  const auto& [program, late] = found->second;
  const auto exit = programs_.ExitOf(program);
  if (!exit && rig_.system.clock.Now() < late) return false;
  const std::string command = Join(BoardOf(rig_, node)->power_command, " ");
  if (!exit) {
    return Fail(ErrorKind::kTimedOut, fmt::format("the power command {} does not end", command));
  }
  if (*exit != 0) {
    return Fail(ErrorKind::kFailed, fmt::format("the power command {} ended with {}: {}", command,
                                                *exit, Trim(programs_.SaidBy(program))));
  }
  running_.erase(found);
  return true;
}

Result<void> Power::Settle() {
  for (const auto& [node, running] : running_) {
    while (!programs_.ExitOf(running.program) && rig_.system.clock.Now() < running.late) {
      ZPROV_TRY(rig_.system.events.Next(running.late));
    }
  }
  return {};
}

}  // namespace zprov::hil
