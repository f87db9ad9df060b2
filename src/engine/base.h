// The base of a generation: the one snapshot of the source that an update takes, with everything
// done in it that is the same for all nodes. The roots of the nodes are snapshots of it.
#pragma once

#include <set>

#include "core/roots/shared_files.h"
#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/identities.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct Base {
  std::set<os::HostKeyKind> key_kinds;  // of the ssh host keys that the source has
  roots::NodesHosts hosts;              // /etc/hosts of the nodes, made of the source's
};

// Looks, changes nothing. kRefused when the source is no subvolume: only those have snapshots.
Result<void> CheckSource(os::System& system, const spec::ClusterSpec& spec);

// Makes BasePath(number), whose directory is there. Every stub becomes a directory like the root of
// the subvolume it stands for; what the nodes will not have of the source is named in one notice;
// the host's own state goes; the fstab of the nodes and their own side (src/node) are in it.
// Read-only when this returns; not synced.
Result<Base> MakeBase(os::System& system, const spec::ClusterSpec& spec, int number,
                      const OnNotice& notice);

}  // namespace zprov::engine
