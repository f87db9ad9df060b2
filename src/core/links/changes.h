// What the bridge and one link lack of what the spec wants. Nothing: it is right already.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/links/wanted.h"

namespace zprov::links {

struct SetUpBridge {
  std::string name;
  std::optional<Mac> mac;
  std::optional<uint32_t> mtu;
  InterfaceAddress address;

  bool operator==(const SetUpBridge&) const = default;
};

// Who alone may use a port of the bridge.
struct PinTo {
  Mac mac;
  Ipv4 address;

  bool operator==(const PinTo&) const = default;
};

// The gadget link that is now called `link` becomes its node's: what has no value stays.
struct SetUpLink {
  std::string link;
  std::string name;
  std::optional<Mac> mac;
  std::optional<uint32_t> mtu;
  std::string master;
  std::optional<bool> isolated = std::nullopt;
  std::optional<PinTo> pin = std::nullopt;

  bool operator==(const SetUpLink&) const = default;
};

const Link* Find(const std::vector<Link>& links, const std::string& name);

// The port decides the node; without one, the declared MAC does. The kernel's name never does.
const Link* LinkOf(const std::vector<Link>& links, const WantedLink& node);

// The same for all nodes at once, in their order: nothing where a node has no link. Points into
// `links`; takes n log n steps, where LinkOf takes n for each node.
std::vector<const Link*> LinksOf(const std::vector<Link>& links,
                                 const std::vector<WantedLink>& nodes);

struct SeenBridge {
  const Link* link = nullptr;  // nothing: there is none
  std::vector<InterfaceAddress> addresses;
};

// `mtu`: what all run with (mtu.h).
SetUpBridge BridgeAsWanted(const WantedNetwork& wanted, uint32_t mtu);
std::optional<SetUpBridge> ChangeOf(const SeenBridge& bridge, const WantedNetwork& wanted,
                                    uint32_t mtu);

// What makes `link` that node's. Without pins, which no link shows.
struct AskedLink {
  const Link& link;
  const WantedLink& node;
};
std::optional<SetUpLink> ChangeOf(const AskedLink& asked, const WantedNetwork& wanted,
                                  uint32_t mtu);

// USB links in the bridge that are no node's, by name: "usb3 at port 1-1.7 …", with what to do.
std::vector<std::string> StrayPorts(const WantedNetwork& wanted, const std::vector<Link>& links);

}  // namespace zprov::links
