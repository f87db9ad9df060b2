// Generations that a run makes for itself, and that are gone when it is over: nodes are moved to
// them and back, and never is one removed that a node may run.
#pragma once

#include <string>
#include <vector>

#include "engine/update.h"
#include "hil/report.h"
#include "hil/returns.h"
#include "hil/rig.h"
#include "hil/run_mark.h"
#include "util/result.h"

namespace zprov::hil {

// The spec for an update that prunes nothing: what the operator has stays.
spec::ClusterSpec WithoutPruning(const spec::ClusterSpec& spec);

// The newest generation's number; 0: there is none.
Result<int> NewestOf(const Rig& rig);

// In the run's note, at once after it was made: of who is cut off before that it is taken for the
// operator's. What is noted then.
Result<RunMark> NoteMade(const Rig& rig, int number);

// For these nodes, and noted. Errors as engine::Update.
Result<engine::Updated> MakeGeneration(const Rig& rig, const Names& nodes);

// None of the nodes would get what the run made any more, but what it would have got before.
Result<void> RollBack(const Rig& rig, const RunMark& mark, const Names& nodes);

// Those of the noted nodes that run what the run made.
Result<Names> NodesAstray(const Rig& rig, const RunMark& mark);

// What the run made goes. One that a node may run stays, and is a finding.
Result<std::vector<Finding>> DiscardMade(const Rig& rig, const RunMark& mark);

// A warning for each generation that is later than the run's beginning and not noted as its own.
Result<std::vector<Finding>> NameUnknown(const Rig& rig, const RunMark& mark);

}  // namespace zprov::hil
