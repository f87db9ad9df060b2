// Runs scenarios on a rig, one after another, and says what came of each.
#pragma once

#include <functional>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "hil/scenario.h"

namespace zprov::hil {

// What whoever waits is told meanwhile: some scenarios take minutes.
struct Progress {
  // It is tried now. Not called for what this rig lacks the means for, or is quarantined.
  std::function<void(const Scenario&)> on_begin = [](const Scenario&) {};
  // As soon as each is over, and for what was not tried.
  std::function<void(const Row&)> on_row = [](const Row&) {};
};

// One scenario. When the infrastructure fails it is tried once more, and the row says so. Tells
// that it begins; what becomes of its row is the caller's.
Row RunScenario(const Rig& rig, const Scenario& scenario, const Progress& progress = {});

// Those of that level that would disturb this rig, in the order of a run.
std::vector<const Scenario*> Disturbing(const Rig& rig, Level level);

// Every scenario of that level and of those before it. A rig on which something is wrong is not
// disturbed, and one on which a scenario left a node down not any further; an interrupt ends it.
// What it took down is put back before it returns, and what a run before it left so first of all:
// each is a row too.
Report Accept(const Rig& rig, Level level, const Progress& progress);

}  // namespace zprov::hil
