#include "core/links/wanted.h"

namespace zprov::links {

WantedNetwork WantedBy(const spec::ClusterSpec& spec) {
  WantedNetwork network{.bridge = spec.bridge.name,
                        .address = spec.bridge.address,
                        .mtu = spec.bridge.mtu,
                        .bridge_mac = std::nullopt,
                        .isolated = std::nullopt,
                        .links = {}};
  if (spec.mode == spec::Mode::kNative) {
    network.bridge_mac = spec.bridge.mac;
    network.isolated = spec.bridge.isolate;
  }
  for (const spec::Node& node : spec.nodes) {
    network.links.push_back({node.name, node.usb, node.host_mac, node.node_mac, node.address});
  }
  return network;
}

}  // namespace zprov::links
