// Brings the managed files that follow from generations up to date outside of apply's plan: which
// roots are exported, and the nodes' host keys.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/generations/store.h"
#include "core/render/managed_files.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Real paths of the roots that each node may still run, oldest first: those of all its finished
// generations but `without`. A hand-made root's is where it is now.
Result<std::map<std::string, std::vector<std::string>>> ExportedRoots(
    os::System& system, const spec::ClusterSpec& spec,
    const std::vector<generations::NodeGeneration>& without);

// Where the root of a node's generation really is: of generation 0 what a hand made, in its place
// until it was taken over.
Result<std::string> RealRoot(os::System& system, const spec::ClusterSpec& spec,
                             const generations::NodeGeneration& which);

// zprov's block in /etc/exports says what ExportedRoots says, and exportfs has read it where it
// runs. The block stays away until apply has written it for the first time.
Result<void> SettleExports(os::System& system, const spec::ClusterSpec& spec,
                           const std::vector<generations::NodeGeneration>& without);

// zprov's block in /etc/ssh/ssh_known_hosts has the keys of every node that has some.
Result<void> SettleKnownHosts(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::engine
