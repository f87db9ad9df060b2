// The rig with a relay in each board's supply, somebody who exchanges plugs and pulls them, and the
// rig.toml of whoever built it.
#include <fmt/format.h>

#include <set>

#include "sim/scenarios/hosts.h"

namespace zprov::sim {
namespace {

constexpr char kRelay[] = "/usr/local/sbin/relay";
constexpr char kExchange[] = "/usr/local/sbin/exchange";
constexpr char kPlug[] = "/usr/local/sbin/plug";

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

size_t LineOf(const Zeros& zeros, const std::string& node) {
  size_t line = 0;
  while (line < zeros.size() && node != fmt::format("s{}", line)) ++line;
  return line;
}

// `exchange s0 s1 exchanged`, or `own`; whose boards are exchanged is `now`.
ProgramRun Exchange(const Zeros& zeros, const std::vector<std::string>& argv,
                    std::set<std::pair<size_t, size_t>>& now) {
  if (argv.size() != 4) return {.error = "exchange: NODE NODE exchanged|own\n", .exit_code = 2};
  const std::pair two{LineOf(zeros, argv[1]), LineOf(zeros, argv[2])};
  for (const size_t line : {two.first, two.second}) {
    if (line < zeros.size() && zeros[line]->stage() == zero::Stage::kOff) continue;
    return {.error = "exchange: a board has power\n", .exit_code = 1};
  }
  const bool wanted = argv[3] == "exchanged";
  if (now.contains(two) != wanted) zeros[two.first]->ChangePlacesWith(*zeros[two.second]);
  wanted ? void(now.insert(two)) : void(now.erase(two));
  return {};
}

// `plug s3 out`, or `in`: each board is fed by its cable.
ProgramRun MovePlug(const Zeros& zeros, const std::vector<std::string>& argv) {
  const size_t line = argv.size() == 3 ? LineOf(zeros, argv[1]) : zeros.size();
  const bool is_known = line < zeros.size() && (argv[2] == "out" || argv[2] == "in");
  if (!is_known) return {.error = "plug: NODE out|in\n", .exit_code = 2};
  argv[2] == "out" ? zeros[line]->Unplug() : zeros[line]->PlugIn();
  return {};
}

std::string Description(const Zeros& zeros) {
  std::string text = fmt::format(
      "[power]\nby = \"command\"\ncommand = \"{} {{node}}\"\n\n"
      "[plugs]\ncommand = \"{}\"\npull = \"{}\"\n",
      kRelay, kExchange, kPlug);
  const auto ports = RigPorts(static_cast<int>(zeros.size()));
  for (size_t i = 0; i < zeros.size(); ++i) {
    text += fmt::format("\n[[node]]\nname = \"s{}\"\nusb = \"{}\"\nserial = \"{}\"\n", i,
                        ports[i].ToString(), zeros[i]->serial());
  }
  return text;
}

}  // namespace

Zeros RigWithRelay(World& world) {
  Zeros zeros = RigWithZeros(world);
  for (const char* program : {kRelay, kExchange, kPlug}) world.Put(program, "program", 0755);
  world.Put("/etc/zprov/rig.toml", Description(zeros));
  world.scene().SyncAll();
  const auto exchanged = std::make_shared<std::set<std::pair<size_t, size_t>>>();
  world.AtBoot([zeros, exchanged](World& booted) {
    booted.processes().Install(kRelay, [zeros](const auto& argv) { return Switch(zeros, argv); });
    booted.processes().Install(kPlug, [zeros](const auto& argv) { return MovePlug(zeros, argv); });
    booted.processes().Install(kExchange, [zeros, exchanged](const auto& argv) {
      return Exchange(zeros, argv, *exchanged);
    });
  });
  return zeros;
}

}  // namespace zprov::sim
