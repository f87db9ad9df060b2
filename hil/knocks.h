// Whether nodes use their roots: each takes away what is laid there for it, and nobody else does.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/fleet/deadlines.h"
#include "hil/report.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

// Of a node whose link was away.
inline constexpr os::Moment kAnswersAgainWithin = engine::kHeardWithin;

// A node at whose root was knocked.
struct Knocked {
  std::string node;
  std::string root;
  bool has_answered = false;
};

// At all of them, anew. Errors as engine::Knock.
Result<void> KnockAt(const Rig& rig, std::vector<Knocked>& nodes);

// So long, or until all have answered. False: it was interrupted.
Result<bool> AwaitAnswers(const Rig& rig, os::Moment time, std::vector<Knocked>& nodes);

// Of one that did not answer; since when, as in "since its link was away".
Finding DoesNotUseItsRoot(const std::string& node, const std::string& since);

}  // namespace zprov::hil
