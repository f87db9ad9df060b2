#include "core/links/changes.h"

#include <fmt/format.h>

#include <algorithm>

namespace zprov::links {

const Link* Find(const std::vector<Link>& links, const std::string& name) {
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? nullptr : &*found;
}

const Link* LinkOf(const std::vector<Link>& links, const WantedLink& node) {
  const auto found = std::find_if(links.begin(), links.end(), [&](const Link& link) {
    return node.usb ? link.usb == node.usb : link.usb && link.mac == node.host_mac;
  });
  return found == links.end() ? nullptr : &*found;
}

SetUpBridge BridgeAsWanted(const WantedNetwork& wanted, uint32_t mtu) {
  SetUpBridge bridge{wanted.bridge, wanted.bridge_mac, std::nullopt, wanted.address};
  if (wanted.bridge_mac) bridge.mtu = mtu;  // pinned natively; else it follows its ports
  return bridge;
}

std::optional<SetUpBridge> ChangeOf(const SeenBridge& bridge, const WantedNetwork& wanted,
                                    uint32_t mtu) {
  SetUpBridge change = BridgeAsWanted(wanted, mtu);
  if (bridge.link == nullptr) return change;
  const Link& link = *bridge.link;
  const bool has_address = std::find(bridge.addresses.begin(), bridge.addresses.end(),
                                     wanted.address) != bridge.addresses.end();
  const bool is_right = link.up && has_address && (!change.mac || link.mac == *change.mac) &&
                        (!change.mtu || link.mtu == *change.mtu);
  if (is_right) return std::nullopt;
  return change;
}

std::optional<SetUpLink> ChangeOf(const AskedLink& asked, const WantedNetwork& wanted,
                                  uint32_t mtu) {
  const auto& [link, node] = asked;
  SetUpLink change{link.name, node.name, std::nullopt, mtu, wanted.bridge, wanted.isolated};
  if (node.usb) change.mac = node.host_mac;
  const bool is_right = link.name == node.name && (!change.mac || link.mac == *change.mac) &&
                        link.mtu == mtu && link.master == wanted.bridge &&
                        (!change.isolated || link.isolated == *change.isolated) && link.up;
  if (is_right) return std::nullopt;
  return change;
}

std::vector<std::string> StrayPorts(const WantedNetwork& wanted, const std::vector<Link>& links) {
  std::vector<std::string> strays;
  for (const Link& link : links) {
    if (!link.usb || link.master != wanted.bridge) continue;
    const bool is_a_nodes =
        std::any_of(wanted.links.begin(), wanted.links.end(),
                    [&](const WantedLink& node) { return LinkOf(links, node) == &link; });
    if (is_a_nodes) continue;
    strays.push_back(
        fmt::format("{} at port {} is in the bridge {} and no node's: give its port to a node "
                    "under [nodes], or take it out with `ip link set {} nomaster`",
                    link.name, link.usb->ToString(), wanted.bridge, link.name));
  }
  return strays;
}

}  // namespace zprov::links
