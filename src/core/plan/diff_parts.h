// The parts of Diff, one per subject; each adds to the plan. For diff.cc and its sisters alone.
#pragma once

#include "core/plan/diff.h"

namespace zprov::plan {

struct DiffInput {
  const Desired& desired;
  const Observed& observed;
  const Wishes& wishes;
};

// The path's state; "absent" for one that was not looked at.
const ObservedPath& At(const Observed& observed, const std::string& path);

void DiffStore(const DiffInput& input, Plan& plan);
void DiffHome(const DiffInput& input, Plan& plan);
void DiffRoots(const DiffInput& input, Plan& plan);
void DiffFiles(const DiffInput& input, Plan& plan);  // but for those below
// After the files that the new roots take over from the source, before what names the roots.
void DiffNewRoots(const DiffInput& input, Plan& plan);
void DiffExports(const DiffInput& input, Plan& plan);
void DiffNetwork(const DiffInput& input, Plan& plan);
void AddReloads(const DiffInput& input, Plan& plan);  // last: it looks at the steps so far

}  // namespace zprov::plan
