// Generations that a run makes for itself, and that are gone when it is over: nodes are moved to
// them and back, and never is one removed that a node may run.
#pragma once

#include <string>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "hil/run_mark.h"
#include "util/result.h"

namespace zprov::hil {

// The spec for an update that prunes nothing: what the operator has stays.
spec::ClusterSpec WithoutPruning(const spec::ClusterSpec& spec);

// The nodes would get again what is noted, whatever they run.
Result<void> RollBackTo(const Rig& rig, const RunMark& mark);

// Those that run something else than what is noted.
Result<std::vector<std::string>> NodesAstray(const Rig& rig, const RunMark& mark);

// Generations later than the newest that is noted go. One that a node may run stays, and is a
// finding.
Result<std::vector<Finding>> DiscardLater(const Rig& rig, const RunMark& mark);

}  // namespace zprov::hil
