// Consoles that must say something while their nodes boot.
#include <fmt/format.h>

#include "hil/conduct.h"
#include "hil/console_ears.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

void JudgeConsole(const BoardAtRig& board, const ConsoleEars& ears, Seen& seen) {
  if (!Trim(ears.HeardFrom(board.console)).empty()) return;
  seen.findings.push_back(
      {Grade::kBad, board.name,
       fmt::format("booted, and its console {} said nothing{}", board.console,
                   ears.IsDead(board.console) ? ": it cannot be read" : ""),
       fmt::format(
           "see its wires (the board's TX to the adapter's RX, and ground), console of {0} in "
           "rig.toml, and that its command line has a console: zprov render cmdline:{0}",
           board.name)});
}

}  // namespace

Result<Ended> ConsolesSpeakWhileNodesBoot(const Rig& rig) {
  Names nodes, devices;
  for (const BoardAtRig& board : rig.described->boards) {
    if (board.console.empty()) continue;
    nodes.push_back(board.name);
    devices.push_back(board.console);
  }
  ZPROV_ASSIGN(const auto ears, ConsoleEars::ListenTo(rig, devices));
  const auto parts = Conduct(rig, nodes, PowerCycle());
  if (!parts) return tl::make_unexpected(parts.error());
  if (!*parts) return kInterrupted;
  Seen seen{.summary = fmt::format("{} consoles heard", devices.size())};
  for (const Part& part : **parts) {
    if (part.trouble.empty()) continue;
    seen.findings.push_back(DidNotComeBack(part.node, part.trouble));
  }
  for (const std::string& node : nodes) JudgeConsole(*BoardOf(rig, node), *ears, seen);
  return seen;
}

}  // namespace zprov::hil
