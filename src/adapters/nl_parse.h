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
  Link link;             // without the master's name and the USB port
  int master_index = 0;  // 0: none
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

// The USB port in the text of /sys/class/net/NAME/device: "../../../1-1.3:1.0" is 1-1.3. Nothing
// for a link that is no USB device.
std::optional<PortPath> UsbPortOf(std::string_view device_symlink);

}  // namespace zprov::adapters
