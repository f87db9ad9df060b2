// What rtnetlink says, as values. Raw attributes rather than libnl-route's objects, which in 3.7
// drop the MTU limits and a bridge port's settings.
#pragma once

#include <netlink/msg.h>

#include <optional>
#include <string>
#include <string_view>

#include "util/net.h"

namespace zprov::adapters {

struct ParsedLink {
  Link link;               // without the master's name and the USB port
  int master_index = 0;    // 0: none
  bool is_closed = false;  // a bridge's port that neither learns nor is flooded with unicast
};

// From RTM_NEWLINK or RTM_DELLINK; nothing when the message is malformed or has no name.
std::optional<ParsedLink> ParseLink(nlmsghdr* message);

struct ParsedAddress {
  int link_index = 0;
  InterfaceAddress address;
};

// From RTM_NEWADDR or RTM_DELADDR; nothing when the message is malformed, for other families, and
// for a prefix of 0, which names no network.
std::optional<ParsedAddress> ParseAddress(nlmsghdr* message);

struct ParsedNeighbour {
  int link_index = 0;  // of the bridge's port, for a forwarding entry
  uint16_t state = 0;  // NUD_…
  Mac mac = {};
  Ipv4 address = {};  // of a neighbour; none for a forwarding entry
};

// From RTM_NEWNEIGH of AF_INET (a neighbour) or AF_BRIDGE (a forwarding entry); nothing when the
// message is malformed, or has no MAC.
std::optional<ParsedNeighbour> ParseNeighbour(nlmsghdr* message);

// The USB port in the text of /sys/class/net/NAME/device: "../../../1-1.3:1.0" is 1-1.3. Nothing
// for a link that is no USB device.
std::optional<PortPath> UsbPortOf(std::string_view device_symlink);

}  // namespace zprov::adapters
