// The rig with a relay in each board's supply, and the rig.toml of whoever built it.
#include <fmt/format.h>

#include "sim/scenarios/hosts.h"

namespace zprov::sim {
namespace {

constexpr char kRelay[] = "/usr/local/sbin/relay";

using Zeros = std::vector<std::shared_ptr<zero::Zero>>;

// `relay s3 off`: the number of the node is that of the line.
ProgramRun Switch(const Zeros& zeros, const std::vector<std::string>& argv) {
  for (size_t line = 0; argv.size() == 3 && line < zeros.size(); ++line) {
    if (argv[1] != fmt::format("s{}", line)) continue;
    if (argv[2] == "off") {
      zeros[line]->Unplug();
    } else {
      zeros[line]->PlugIn();
    }
    return {};
  }
  return {.error = "relay: NODE on|off\n", .exit_code = 2};
}

std::string Description(const Zeros& zeros) {
  std::string text = fmt::format("[power]\nby = \"command\"\ncommand = \"{} {{node}}\"\n", kRelay);
  const auto ports = RigPorts(static_cast<int>(zeros.size()));
  for (size_t i = 0; i < zeros.size(); ++i) {
    text += fmt::format("\n[[node]]\nname = \"s{}\"\nusb = \"{}\"\nserial = \"{}\"\n", i,
                        ports[i].ToString(), zeros[i]->serial());
  }
  return text;
}

}  // namespace

Zeros RigWithRelay(World& world) {
  const Zeros zeros = RigWithZeros(world);
  world.Put(kRelay, "program", 0755);
  world.Put("/etc/zprov/rig.toml", Description(zeros));
  world.scene().SyncAll();
  world.AtBoot([zeros](World& booted) {
    booted.processes().Install(kRelay, [zeros](const auto& argv) { return Switch(zeros, argv); });
  });
  return zeros;
}

}  // namespace zprov::sim
