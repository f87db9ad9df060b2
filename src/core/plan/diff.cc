#include "core/plan/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/plan/diff_parts.h"

namespace zprov::plan {

const ObservedPath& At(const Observed& observed, const std::string& path) {
  static const ObservedPath kAbsent;
  const auto found = observed.paths.find(path);
  return found == observed.paths.end() ? kAbsent : found->second;
}

Plan Diff(const Desired& desired, const Observed& observed, const Wishes& wishes) {
  const DiffInput input{desired, observed, wishes};
  Plan plan;
  if (observed.interrupted) {
    const std::vector<std::string>& steps = observed.interrupted->steps;
    plan.notes.push_back(
        fmt::format("an earlier apply did not come to its end ({} steps{}): apply goes on from "
                    "where it stopped",
                    steps.size(), steps.empty() ? "" : ", the first: " + steps.front()));
  }
  DiffStore(input, plan);
  DiffHome(input, plan);
  DiffRoots(input, plan);
  DiffFiles(input, plan);
  DiffNewRoots(input, plan);
  DiffExports(input, plan);
  DiffNetwork(input, plan);
  AddReloads(input, plan);
  return plan;
}

}  // namespace zprov::plan
