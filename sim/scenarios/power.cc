#include "sim/scenarios/power.h"

#include <fmt/format.h>

namespace zprov::sim {
namespace {

// The port that stands for a board's relay: a hub's own switch does the same to it.
ProgramRun SwitchRelay(World& world, const std::vector<PortPath>& ports,
                       const std::vector<std::string>& argv) {
  using Power = os::UsbBus::PortPower;
  for (size_t i = 0; argv.size() == 3 && i < ports.size(); ++i) {
    if (argv[1] != fmt::format("s{}", i)) continue;
    const auto done =
        world.usb().SetPortPower(ports[i], argv[2] == "off" ? Power::kOff : Power::kOn);
    if (done) return {};
    return {.error = done.error().message + "\n", .exit_code = 1};
  }
  return {.error = "power: NODE on|off\n", .exit_code = 2};
}

}  // namespace

std::string PowerInSpec(int nodes, BoardPower power) {
  std::string text;
  for (int i = 0; power != BoardPower::kGanged && i < nodes; ++i) {
    text += fmt::format("\n[[node]]\nname = \"s{}\"\n", i);
    text +=
        power == BoardPower::kPerPort
            ? "power = \"per-port\"\n"
            : fmt::format("power = \"command\"\npower_command = \"{} s{}\"\n", kPowerProgram, i);
  }
  return text;
}

void PutPower(World& world, const std::vector<PortPath>& ports, BoardPower power) {
  if (power == BoardPower::kGanged) return;
  for (const PortPath& port : ports) {
    for (PortPath hub = port.Hub(); !hub.IsRootHub(); hub = hub.Hub()) {
      world.usb().SetHubPower(hub, HubPower::kPerPort);
      if (power == BoardPower::kCommand) world.usb().SetHubClaim(hub, HubPower::kGanged);
    }
  }
  if (power != BoardPower::kCommand) return;
  world.Put(kPowerProgram, "program", 0755);
  world.AtBoot([ports](World& booted) {
    booted.processes().Install(kPowerProgram, [&booted, ports](const auto& argv) {
      return SwitchRelay(booted, ports, argv);
    });
  });
}

}  // namespace zprov::sim
