// Sees at which ports a person plugs boards in, node by node.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "hil/detect.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

// Whose board nobody found, in the spec's order.
std::vector<std::string> NodesWithoutBoard(const spec::ClusterSpec& spec, const Detected& detected);

struct PlugTold {
  std::string node;
  std::optional<PortPath> port = {};  // nothing: its board is waited for
};

// Waits for a board at a port where none was, for each of NodesWithoutBoard after `before`, in
// their order and as long as it takes; what is plugged in is taken for that node's. An interrupt
// ends it, and is taken. `tell` hears who is waited for and where it came. The rig has `programs`.
// Errors as os::UsbBus::Watch.
Result<Plugged> WatchPlugs(const Rig& rig, const Detected& before,
                           const std::function<void(const PlugTold&)>& tell);

}  // namespace zprov::hil
