// Looks at a host and says what a plan needs to know of it. Changes nothing.
#pragma once

#include <set>
#include <string>

#include "core/plan/diff.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Which of the optional things the rendered files depend on this host has.
Result<render::HostFacts> ObserveFacts(os::System& system, const spec::ClusterSpec& spec);

// Programs that a plan may run and this host has, with something for each to talk to.
Result<std::set<std::string>> ObservePrograms(os::System& system);

Result<plan::Observed> Observe(os::System& system, const spec::ClusterSpec& spec,
                               const plan::Desired& desired, const plan::Wishes& wishes);

// What apply would do now: facts, desired, observed, difference.
Result<plan::Plan> MakePlan(os::System& system, const spec::ClusterSpec& spec,
                            const plan::Wishes& wishes);

// A managed file above this many bytes is not a file that zprov knows how to edit.
inline constexpr uint64_t kManagedFileLimit = 1 << 20;

}  // namespace zprov::engine
