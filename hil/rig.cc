#include "hil/rig.h"

namespace zprov::hil {

std::vector<const spec::Node*> ExpectedNodes(const Rig& rig) {
  const bool needs_port = rig.spec.mode == spec::Mode::kNative;
  std::vector<const spec::Node*> nodes;
  for (const spec::Node& node : rig.spec.nodes) {
    if (node.usb || !needs_port) nodes.push_back(&node);
  }
  return nodes;
}

}  // namespace zprov::hil
