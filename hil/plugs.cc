#include "hil/plugs.h"

#include <fmt/format.h>

#include "hil/conduct.h"
#include "hil/program_watch.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr os::Moment kMovedWithin = std::chrono::minutes(10);  // a person may do it

Result<void> Note(const Rig& rig, const Names& exchanged) {
  ZPROV_ASSIGN(auto mark, ReadRunMark(rig.system, rig.spec));
  if (!mark) return Fail(ErrorKind::kNotFound, RunMarkPath(rig.spec) + " is gone: who removed it?");
  mark->exchanged = exchanged;
  return WriteRunMark(rig.system, rig.spec, *mark);
}

Result<void> RunProgram(const Rig& rig, const Names& two, Places places) {
  std::vector<std::string> argv = rig.described->plugs_command;
  const std::string command = Join(argv, " ");
  argv.insert(argv.end(), two.begin(), two.end());
  argv.emplace_back(places == Places::kExchanged ? "exchanged" : "own");
  ZPROV_ASSIGN(const os::ProcessId program, rig.programs->Start(argv));
  const os::Moment late = rig.system.clock.Now() + kMovedWithin;
  while (!rig.programs->ExitOf(program) && rig.system.clock.Now() < late) {
    ZPROV_TRY(rig.system.events.Next(late));
  }
  const auto exit = rig.programs->ExitOf(program);
  if (exit == 0) return {};
  if (!exit) {
    return Fail(ErrorKind::kTimedOut,
                fmt::format("{}, which exchanges plugs, does not end", command));
  }
  return Fail(ErrorKind::kFailed, fmt::format("{}, which exchanges plugs, ended with {}: {}",
                                              command, *exit, Trim(rig.programs->SaidBy(program))));
}

}  // namespace

Result<bool> MovePlugs(const Rig& rig, const Names& two, Places places) {
  ZPROV_ASSIGN(const auto parts,
               Conduct(rig, two, {.acts = {{Act::Kind::kOff}}, .boots = Script::Boots::kHeld}));
  if (!parts) return false;
  for (const Part& part : *parts) {
    if (!part.trouble.empty()) return Fail(ErrorKind::kFailed, part.node + ": " + part.trouble);
  }
  ZPROV_TRY(Note(rig, two));
  ZPROV_TRY(RunProgram(rig, two, places));
  if (places == Places::kOwn) ZPROV_TRY(Note(rig, {}));
  return true;
}

}  // namespace zprov::hil
