// The bridge and the nodes' links as the spec wants them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "util/net.h"

namespace zprov::links {

struct WantedLink {
  std::string name;  // the node's, too
  std::optional<PortPath> usb;
  Mac host_mac;
  Mac node_mac;
  Ipv4 address;

  bool operator==(const WantedLink&) const = default;
};

struct WantedNetwork {
  std::string bridge;
  InterfaceAddress address;
  uint32_t mtu = 1500;
  std::optional<Mac> bridge_mac;  // nothing: not pinned, as the procedure leaves it
  std::optional<bool> isolated;   // nodes from each other; nothing: as it is, as the procedure does
  std::vector<WantedLink> links;

  bool operator==(const WantedNetwork&) const = default;
};

WantedNetwork WantedBy(const spec::ClusterSpec& spec);

}  // namespace zprov::links
