#include "sim/run/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

#include "sim/run/performance.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Stage;
using std::chrono::minutes;
using std::chrono::seconds;
using Who = TraceLine::Who;

// After the last fault and action: what the cluster may take to get well by itself is a boot that
// is found stuck at its end (6 minutes) and two boots more; then an operator helps, and a boot of
// all nodes takes no longer than the boards do.
constexpr seconds kFaultsLast{40};  // the longest of fault.cc, and a host that boots after it
constexpr seconds kActionsLast{60};
constexpr minutes kByItselfWithin{10};
constexpr minutes kHelpedWithin{4};

// A root that a hand made has nobody in it who would report.
bool RunsByHand(Performance& on, const BoardAt& board) {
  constexpr std::string_view kReporter = "/usr/lib/zprov/zprov-node";
  if (board.zero->stage() != Stage::kMounted) return false;
  return !on.world().nfs().Read(*board.zero->node()->mount(), kReporter).has_value();
}

bool IsWell(Performance& on, const BoardAt& board) {
  const auto claim = on.claims().find(board.name);
  if (claim == on.claims().end()) return false;
  const bool is_up = claim->second.state == "up (unverified)";
  if (is_up && RunsByHand(on, board)) return true;
  return board.zero->stage() == Stage::kHealthy && (is_up || claim->second.state == "healthy");
}

bool AllAreWell(Performance& on) {
  return std::ranges::all_of(on.boards(), [&](const BoardAt& board) { return IsWell(on, board); });
}

bool BecomesWell(Performance& on, os::Moment within) {
  const os::Moment end = on.Now() + within;
  while (on.Now() < end) {
    if (AllAreWell(on)) return true;
    on.Go(std::min(end, on.Now() + seconds(1)));
  }
  return AllAreWell(on);
}

// What serve waits for a person to do: states in which it leaves a board alone.
bool MayNeedHelp(Performance& on, const BoardAt& board) {
  const auto claim = on.claims().find(board.name);
  if (claim == on.claims().end()) return true;
  return claim->second.state == "quarantined" || claim->second.state == "absent" ||
         claim->second.state == "boot ROM";
}

std::string WhoIsNot(Performance& on) {
  std::vector<std::string> parts;
  for (const BoardAt& board : on.boards()) {
    if (IsWell(on, board)) continue;
    const auto claim = on.claims().find(board.name);
    parts.push_back(
        fmt::format("{} is \"{}\"", board.name,
                    claim == on.claims().end() ? "never mentioned" : claim->second.state));
  }
  return Join(parts, ", ");
}

// False: every fault was elsewhere than on boards, cables, links and disks.
bool IsAnythingWrongWithBoards(const Plan& plan) {
  constexpr std::array kElsewhere = {FaultKind::kServeKilled, FaultKind::kCommandKilled,
                                     FaultKind::kClockStep, FaultKind::kTwoAtOnce};
  return std::ranges::any_of(plan.faults, [&](const Fault& fault) {
    return std::ranges::find(kElsewhere, fault.kind) == kElsewhere.end();
  });
}

// A board that Linux has halted is deaf until its power is cut: who halts it must do that.
bool WasToldToHalt(Performance& on, const BoardAt& board) {
  return board.zero->stage() == Stage::kHalted &&
         std::ranges::any_of(on.plan().actions, [&](const Action& action) {
           return action.what == ActionKind::kHaltAndBoot &&
                  on.board(action.node).name == board.name;
         });
}

// Compatibly nobody can mount a root from the moment in which the pointers move until the NFS
// server was told so. An operator whose command was killed in between does what `zprov status`
// says: the next command finishes it. True: that was so.
bool FinishWhatWasCutOff(Performance& on) {
  const bool was_cut_off =
      on.plan().scenario == Scenario::kCompatible && on.world().scene().Has("/x/.zprov/run.json");
  if (was_cut_off) on.RunToTheEnd({"apply"});
  return was_cut_off;
}

void Help(Performance& on) {
  const bool may_be_sick = FinishWhatWasCutOff(on) || IsAnythingWrongWithBoards(on.plan());
  for (BoardAt& board : on.boards()) {
    if (IsWell(on, board)) continue;
    if (!may_be_sick && !WasToldToHalt(on, board)) {
      return on.Break("a board with nothing wrong needs no hand", WhoIsNot(on));
    }
    if (!MayNeedHelp(on, board)) {
      return on.Break("a node that is not well is on its way, or serve asks for help",
                      WhoIsNot(on));
    }
    on.Say(Who::kOperator, "pulls the plug of " + board.name + " and puts it back");
    ++on.counts().helped;
    board.zero->Unplug();
    on.After(seconds(3), [&board] { board.zero->PlugIn(); });
  }
}

void GetWell(Performance& on) {
  EndFaults(on);
  if (!on.Serves()) on.StartServe();
  if (!BecomesWell(on, kByItselfWithin)) {
    Help(on);
    if (!BecomesWell(on, kHelpedWithin)) {
      on.Break("after the faults every node becomes healthy", WhoIsNot(on));
      throw IsBroken();
    }
  }
  on.Say(Who::kOperator, "all nodes are healthy");
}

// Compatibly an update refuses while nodes run.
void PullAllPlugs(Performance& on) {
  on.Say(Who::kOperator, "pulls the plug of every board");
  for (BoardAt& board : on.boards()) board.zero->Unplug();
  on.Go(on.Now() + seconds(5));
}

// What was cut off is finished or cleared away, and then there is nothing left to do.
void Converge(Performance& on) {
  if (!on.CommandsEnd()) on.Break("every command ends", "one is still at work");
  if (on.plan().scenario == Scenario::kCompatible) PullAllPlugs(on);
  for (const char* command : {"apply", "update", "apply", "plan"}) {
    const auto exit = on.RunToTheEnd({command});
    if (exit == 0) continue;
    on.Break("after the faults every command goes through, and a last apply leaves nothing to do",
             fmt::format("{} ended with {}", command, exit ? std::to_string(*exit) : "nothing"));
    throw IsBroken();
  }
}

void PerformAll(Performance& on) {
  on.SetUp();
  const Plan& plan = on.plan();
  os::Moment end = on.begun();
  for (const Fault& fault : plan.faults) {
    on.At(on.begun() + fault.at, [&on, &fault] { Inject(on, fault); });
    end = std::max(end, on.begun() + fault.at + kFaultsLast);
  }
  for (const Action& action : plan.actions) {
    on.At(on.begun() + action.at, [&on, &action] { Act(on, action); });
    end = std::max(end, on.begun() + action.at + kActionsLast);
  }
  on.Go(end);
  GetWell(on);
  Converge(on);
  on.StopServe();
  on.Go(on.Now() + seconds(15));
}

}  // namespace

Outcome Perform(const Plan& plan, const Program& zprov, Trace::OnLine on_line) {
  Performance performance(plan, zprov, std::move(on_line));
  try {
    PerformAll(performance);
  } catch (const IsBroken&) {
    // The breach is in the outcome.
  } catch (const std::logic_error& error) {
    performance.Break("the simulator can do what it is asked for", error.what());
  }
  return performance.Take();
}

}  // namespace zprov::run
