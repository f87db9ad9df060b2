// Runs scenarios on a rig, one after another, and says what came of each.
#pragma once

#include <functional>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "hil/scenario.h"

namespace zprov::hil {

// Called as soon as each scenario is over.
using OnRow = std::function<void(const Row&)>;

// One scenario. When the infrastructure fails it is tried once more, and the row says so.
Row RunScenario(const Rig& rig, const Scenario& scenario);

// Every scenario of that level and of those before it.
Report Accept(const Rig& rig, Level level, const OnRow& on_row);

}  // namespace zprov::hil
