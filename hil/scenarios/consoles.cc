// Consoles that must say something while their nodes boot.
#include <fmt/format.h>

#include <map>

#include "engine/run_program.h"
#include "hil/conduct.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using Listeners = std::map<std::string, os::ProcessId>;  // by node

// Devices that are no serial ports (a pipe of a machine in QEMU) have no speed to set.
void SetSpeed(const Rig& rig, const std::string& device) {
  static_cast<void>(
      engine::RunToEnd(rig.system, {"stty", "-F", device, "115200", "raw", "-echo", "-crtscts"}));
}

Result<Listeners> ListenToAll(const Rig& rig) {
  Listeners listeners;
  for (const BoardAtRig& board : rig.described->boards) {
    if (board.console.empty()) continue;
    SetSpeed(rig, board.console);
    ZPROV_ASSIGN(listeners[board.name], rig.programs->Start({"cat", board.console}));
  }
  return listeners;
}

Names NodesOf(const Listeners& listeners) {
  Names nodes;
  for (const auto& [node, listener] : listeners) nodes.push_back(node);
  return nodes;
}

void JudgeConsole(const Rig& rig, const std::string& node, os::ProcessId listener, Seen& seen) {
  if (!Trim(rig.programs->SaidBy(listener)).empty()) return;
  seen.findings.push_back(
      {Grade::kBad, node,
       fmt::format("booted, and its console {} said nothing{}", BoardOf(rig, node)->console,
                   rig.programs->ExitOf(listener) ? ": it cannot be read" : ""),
       fmt::format(
           "see its wires (the board's TX to the adapter's RX, and ground), console of {} in "
           "rig.toml, and that its command line has a console: zprov render cmdline:{}",
           node, node)});
}

}  // namespace

Result<Ended> ConsolesSpeakWhileNodesBoot(const Rig& rig) {
  ZPROV_ASSIGN(const Listeners listeners, ListenToAll(rig));
  const Names nodes = NodesOf(listeners);
  const auto parts = Conduct(rig, nodes, PowerCycle());
  for (const auto& [node, listener] : listeners) rig.programs->Stop(listener);
  if (!parts) return tl::make_unexpected(parts.error());
  if (!*parts) return kInterrupted;
  Seen seen{.summary = fmt::format("{} consoles heard", listeners.size())};
  for (const Part& part : **parts) {
    if (part.trouble.empty()) continue;
    seen.findings.push_back(DidNotComeBack(part.node, part.trouble));
  }
  for (const auto& [node, listener] : listeners) JudgeConsole(rig, node, listener, seen);
  return seen;
}

}  // namespace zprov::hil
