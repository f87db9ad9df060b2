// Puts the node's own side (src/node) into a base, so that its initramfs and all roots have it.
#pragma once

#include "core/spec/cluster_spec.h"
#include "os/roots.h"
#include "util/result.h"

namespace zprov::engine {

// The scripts, what starts zprov-node (a unit where systemd is, else a line in rc.local), and room
// for what it and the host write. Not synced. kInvalid: an rc.local that cannot be understood.
Result<void> PutNodeSide(const spec::ClusterSpec& spec, os::InsideRoot& base);

}  // namespace zprov::engine
