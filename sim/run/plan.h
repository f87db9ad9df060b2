// What a simulated run is, as values: the host and its boards, what goes wrong when, and what the
// operator does when. Nothing else decides how the run goes, so a plan with something left out is
// again a plan: that is how a failing run is made smaller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/clock.h"
#include "sim/run/fault.h"
#include "sim/scenarios/scenario.h"
#include "util/result.h"

namespace zprov::run {

enum class ActionKind {
  kUpdate,        // zprov update
  kUpdateReboot,  // zprov update --reboot
  kRollback,      // zprov rollback
  kPrune,         // zprov prune
  kApply,         // zprov apply
  kReboot,        // zprov reboot NODE
  kHaltAndBoot,   // zprov halt NODE, and a while later zprov boot NODE
  kStatus,        // zprov status
  kInstall,       // a program more on the host, for the next roots
  kReload,        // a key of the spec is changed, and serve reads it again (SIGHUP)
  kRestart,       // serve is told to end, and started again
  kHostReboot,    // the host is rebooted in good order
};

std::string_view Name(ActionKind what);
std::optional<ActionKind> ActionNamed(std::string_view name);
std::vector<ActionKind> AllActions();

struct Action {
  ActionKind what = ActionKind::kUpdate;
  os::Moment at{0};  // since the first power-on
  int node = 0;      // of the kinds that name one

  bool operator==(const Action&) const = default;
};

enum class Timing {
  kReal,     // as a Zero takes it
  kInstant,  // boards do what they do at once
};

using sim::Scenario;

std::string_view Name(Scenario scenario);
std::optional<Scenario> ScenarioNamed(std::string_view name);
std::vector<Scenario> AllScenarios();

using sim::BoardPower;

std::string_view Name(BoardPower power);
std::optional<BoardPower> PowerNamed(std::string_view name);
std::vector<BoardPower> AllPowers();

struct Plan {
  uint64_t seed = 1;  // of the boards' times, and of what was drawn
  int nodes = 5;
  std::string kernel = "6.1.177";
  Timing timing = Timing::kReal;
  std::vector<Fault> faults = {};    // by time
  std::vector<Action> actions = {};  // by time
  Scenario scenario = Scenario::kRig;
  BoardPower power = BoardPower::kGanged;

  bool operator==(const Plan&) const = default;
};

// No faults and no actions.
Plan QuietPlan(uint64_t seed);
// What a swarm runs for that seed: which kinds of faults exist at all in this world is drawn first,
// then how many of them and when, and what the operator does, at least one thing;
// from which host it starts comes last. How boards get their power is drawn by itself.
Plan DrawnPlan(uint64_t seed);

// "power-cut@31.500", "rom-stalls@4/1*2": at 4 s, node 1, strength 2; comma-separated; "none".
std::string Text(const std::vector<Fault>& faults);
std::string Text(const std::vector<Action>& actions);
// The errors name the word, and what is near it.
Result<std::vector<Fault>> ParseFaults(std::string_view text);
Result<std::vector<Action>> ParseActions(std::string_view text);

// The words after "zprov-sim" that run this plan again; --power only where it is not ganged, as
// every plan was before there was another.
std::string CommandLine(const Plan& plan);

}  // namespace zprov::run
