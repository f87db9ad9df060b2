#include "hil/plugs.h"

#include <fmt/format.h>

#include <utility>

#include "hil/conduct.h"
#include "hil/program_watch.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr os::Moment kMovedWithin = std::chrono::minutes(10);  // a person may do it

Result<void> NoteExchanged(const Rig& rig, const Names& exchanged) {
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  mark.exchanged = exchanged;
  return WriteRunMark(rig.system, rig.spec, mark);
}

// A program of rig.toml, and what it does.
struct Mover {
  const std::vector<std::string>& command;
  std::string_view does;
};

// With those words after its own, until it has done it.
Result<void> RunProgram(const Rig& rig, const Mover& mover, const std::vector<std::string>& words) {
  std::vector<std::string> argv = mover.command;
  const std::string command = Join(argv, " ");
  argv.insert(argv.end(), words.begin(), words.end());
  ZPROV_ASSIGN(const os::ProcessId program, rig.programs->Start(argv));
  const os::Moment late = rig.system.clock.Now() + kMovedWithin;
  while (!rig.programs->ExitOf(program) && rig.system.clock.Now() < late) {
    ZPROV_TRY(rig.system.events.Next(late));
  }
  const auto exit = rig.programs->ExitOf(program);
  if (exit == 0) return {};
  if (!exit) {
    rig.programs->Stop(program);  // or it would move plugs while they are put back
    return Fail(ErrorKind::kTimedOut,
                fmt::format("{}, which {} plugs, does not end", command, mover.does));
  }
  return Fail(ErrorKind::kFailed,
              fmt::format("{}, which {} plugs, ended with {}: {}", command, mover.does, *exit,
                          Trim(rig.programs->SaidBy(program))));
}

Result<void> Exchange(const Rig& rig, const Names& two, Places places) {
  std::vector<std::string> words = two;
  words.emplace_back(places == Places::kExchanged ? "exchanged" : "own");
  return RunProgram(rig, {rig.described->plugs_command, "exchanges"}, words);
}

Result<void> MovePlug(const Rig& rig, const std::string& node, const char* where) {
  return RunProgram(rig, {rig.described->pull_command, "pulls"}, {node, where});
}

}  // namespace

Result<bool> MovePlugs(const Rig& rig, const Names& two, Places places) {
  ZPROV_ASSIGN(const auto parts,
               Conduct(rig, two, {.acts = {{Act::Kind::kOff}}, .boots = Script::Boots::kHeld}));
  if (!parts) return false;
  for (const Part& part : *parts) {
    if (!part.trouble.empty()) return Fail(ErrorKind::kFailed, part.node + ": " + part.trouble);
  }
  ZPROV_TRY(NoteExchanged(rig, two));
  ZPROV_TRY(Exchange(rig, two, places));
  if (places == Places::kOwn) ZPROV_TRY(NoteExchanged(rig, {}));
  return true;
}

Result<void> PullPlug(const Rig& rig, const std::string& node) {
  ZPROV_TRY(PutPlugIn(rig));
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  mark.pulled = node;
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  auto moved = MovePlug(rig, node, "out");
  const bool has_begun = moved || (moved.error().kind != ErrorKind::kNotFound &&
                                   moved.error().kind != ErrorKind::kPermission);
  if (has_begun) return moved;
  mark.pulled.clear();
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  return moved;
}

Result<std::string> PutPlugIn(const Rig& rig) {
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  const std::string node = std::exchange(mark.pulled, "");
  if (node.empty()) return node;
  ZPROV_TRY(MovePlug(rig, node, "in"));
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  return node;
}

}  // namespace zprov::hil
