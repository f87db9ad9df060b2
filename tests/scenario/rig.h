// What the scenario tests share: specs for the simulated hosts, and applying to the end.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "engine/apply.h"
#include "sim/world.h"

namespace zprov::scenario {

// The procedure's five nodes; natively with the ports of the simulated hosts.
spec::ClusterSpec Cluster(spec::Mode mode);

// A host, made anew each time.
using MakeHost = void (*)(sim::World&);

engine::Request Request(plan::Wishes wishes = {});

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec,
                         plan::Wishes wishes = {});
Result<plan::Plan> PlanOf(os::System& system, const spec::ClusterSpec& spec,
                          plan::Wishes wishes = {});

// What is below `path`, a line per entry with everything but times, and paths relative to it.
std::string TreeAt(const sim::World& world, const std::string& path);

// The whole disk, a line per entry, but for the lock file: who held it last means nothing.
std::string Settled(const sim::World& world);

// Where the home directories are now: "/home" itself or what its symlink means.
std::string HomeOf(sim::World& world);

}  // namespace zprov::scenario
