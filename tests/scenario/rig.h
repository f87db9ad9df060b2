// What the scenario tests share: specs for the simulated hosts, and applying to the end.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "engine/apply.h"
#include "engine/status.h"
#include "engine/update.h"
#include "sim/world.h"

namespace zprov::scenario {

// The procedure's five nodes; natively with the ports of the simulated hosts.
spec::ClusterSpec Cluster(spec::Mode mode);

// A host, made anew each time.
using MakeHost = void (*)(sim::World&);

void Ignore(const engine::Notice&);

engine::Request Request(plan::Wishes wishes = {});

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec,
                         plan::Wishes wishes = {});
Result<plan::Plan> PlanOf(os::System& system, const spec::ClusterSpec& spec,
                          plan::Wishes wishes = {});

Result<engine::Updated> Update(os::System& system, const spec::ClusterSpec& spec,
                               engine::UpdateRequest request = {});
Result<engine::RolledBack> Rollback(os::System& system, const spec::ClusterSpec& spec,
                                    engine::RollbackRequest request = {});
Result<generations::Pruning> Prune(os::System& system, const spec::ClusterSpec& spec,
                                   engine::PruneRequest request = {});

// The generation that each node's pointer names, "s0:2 s1:1".
std::string Pointers(sim::World& world, const spec::ClusterSpec& spec);

// The rig's boards boot: a gadget link on the port of node `name`, with somebody who answers, or
// nobody.
enum class Answers { kYes, kNo };
void BootNode(sim::World& world, const spec::Node& node, Answers answers);

// What must hold at any moment, after a cut too: every pointer names a finished generation with a
// whole root and the boot set of that same generation; every export of ours is a root; every fixed
// name leads to a root. Each breach is a test failure.
void ExpectSound(sim::World& world, const spec::ClusterSpec& spec);

// What is below `path`, a line per entry with everything but times, and paths relative to it.
std::string TreeAt(const sim::World& world, const std::string& path);

// The whole disk, a line per entry, but for the lock file (who held it last means nothing) and the
// hints beside generations that only save work.
std::string Settled(const sim::World& world);

// Where the home directories are now: "/home" itself or what its symlink means.
std::string HomeOf(sim::World& world);

}  // namespace zprov::scenario
