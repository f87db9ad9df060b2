// Observed hosts for the tests of Diff, and what is wanted of them, as values.
#pragma once

#include "core/plan/diff.h"

namespace zprov::plan::tests {

// The procedure's five nodes, by USB port in the native mode, without ports in the compatible one.
spec::ClusterSpec Cluster(spec::Mode mode);

// What the cluster's plan looks at on a host where nothing was done: the store is on btrfs, /home
// is a directory, no managed file is there, and the host runs without links.
Observed BareHost();

// What that cluster wants of a host that has everything.
Desired Wanted(spec::Mode mode);

// `observed` as it looks after every step of `plan`.
Observed After(Observed observed, const Plan& plan);

// The first step of that kind.
template <typename T>
std::optional<T> Find(const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (const T* found = std::get_if<T>(&step.action)) return *found;
  }
  return std::nullopt;
}

// The step that writes `path`.
std::optional<WriteFile> Writing(const Plan& plan, const std::string& path);

}  // namespace zprov::plan::tests
