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

std::vector<const Link*> LinksOf(const std::vector<Link>& links,
                                 const std::vector<WantedLink>& nodes) {
  const auto port = [](const Link* link) -> const PortPath& { return *link->usb; };
  std::vector<const Link*> by_port;
  for (const Link& link : links) {
    if (link.usb) by_port.push_back(&link);
  }
  std::ranges::stable_sort(by_port, {}, port);
  std::vector<const Link*> of_nodes;
  for (const WantedLink& node : nodes) {
    if (!node.usb) {
      of_nodes.push_back(LinkOf(links, node));
      continue;
    }
    const auto found = std::ranges::lower_bound(by_port, *node.usb, {}, port);
    const bool is_there = found != by_port.end() && port(*found) == *node.usb;
    of_nodes.push_back(is_there ? *found : nullptr);
  }
  return of_nodes;
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
  const auto of_nodes = LinksOf(links, wanted.links);
  for (const Link& link : links) {
    const bool is_a_nodes = std::ranges::find(of_nodes, &link) != of_nodes.end();
    if (!link.usb || link.master != wanted.bridge || is_a_nodes) continue;
    strays.push_back(
        fmt::format("{} at port {} is in the bridge {} and no node's: give its port to a node "
                    "under [nodes], or take it out with `ip link set {} nomaster`",
                    link.name, link.usb->ToString(), wanted.bridge, link.name));
  }
  return strays;
}

}  // namespace zprov::links
