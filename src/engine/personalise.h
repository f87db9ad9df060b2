// A node's root: a snapshot of the base plus the node's few own files; and the boot directory
// beside it. In two acts, because each snapshot commits what was written before it: a run makes the
// snapshots of all nodes first, one after the other with nothing in between, and what is written
// then waits for the one sync at the end (fixtures/kernels/README.md, btrfs, Cost).
#pragma once

#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/identity.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Makes each node's NodePath with RootOf and BootOf as snapshots of what all nodes share. Natively
// BootOf is a symlink to the generation's boot set. Not synced.
Result<void> MakeNodeSnapshots(os::System& system, const spec::ClusterSpec& spec, int number,
                               const std::vector<std::string>& nodes);

struct Personal {
  const spec::Node& node;
  std::string hosts;  // /etc/hosts
  Identity identity;
};

// Writes what is the node's own, for which the base has room, into the snapshots; compatibly also
// its cmdline.txt and config.txt, after which its boot directory is read-only. Not synced.
Result<void> Personalise(os::System& system, const spec::ClusterSpec& spec, int number,
                         const Personal& personal);

}  // namespace zprov::engine
