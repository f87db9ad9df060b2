// What a scenario works on. It is the same on the simulator, in QEMU and on the bench, and no
// scenario can tell which.
#pragma once

#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/system.h"

namespace zprov::hil {

struct Rig {
  os::System& system;  // with a live host
  const spec::ClusterSpec& spec;
};

// The nodes that should run: natively those with a port, the others are never booted.
std::vector<const spec::Node*> ExpectedNodes(const Rig& rig);

}  // namespace zprov::hil
