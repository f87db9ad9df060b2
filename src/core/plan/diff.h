// Desired − observed = plan. Pure. Applying the plan and observing again gives an empty plan.
#pragma once

#include "core/plan/desired.h"
#include "core/plan/observed.h"
#include "core/plan/step.h"

namespace zprov::plan {

// What the operator asked for besides the spec.
struct Wishes {
  bool allow_open = false;     // move /home although processes have files below it open
  bool drop_old_home = false;  // remove the tree that an earlier move left

  bool operator==(const Wishes&) const = default;
};

// No root, no pointer: the node's first generation is still to be made.
bool NeedsRoot(const Observed& observed, const AdoptRoot& root);

Plan Diff(const Desired& desired, const Observed& observed, const Wishes& wishes);

}  // namespace zprov::plan
