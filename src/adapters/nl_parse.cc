#include "adapters/nl_parse.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>

#include <algorithm>
#include <cstring>

namespace zprov::adapters {
namespace {

constexpr int kIpv4Bits = 32;

// Strings from the kernel end with a zero; one that did not would be cut at its length.
std::string TextOf(nlattr* attribute) {
  const char* text = static_cast<const char*>(nla_data(attribute));
  return {text, strnlen(text, static_cast<size_t>(nla_len(attribute)))};
}

bool IsNumber(const nlattr* attribute) {
  return attribute != nullptr && nla_len(attribute) == sizeof(uint32_t);
}

uint32_t NumberOf(nlattr* attribute) { return IsNumber(attribute) ? nla_get_u32(attribute) : 0; }

std::string KindOf(nlattr* link_details) {
  nlattr* details[IFLA_INFO_MAX + 1] = {};
  if (link_details == nullptr ||
      nla_parse_nested(details, IFLA_INFO_MAX, link_details, nullptr) != 0 ||
      details[IFLA_INFO_KIND] == nullptr) {
    return "";
  }
  return TextOf(details[IFLA_INFO_KIND]);
}

// What a bridge says of its port. IFLA_BRPORT_ISOLATED: since Linux 4.18.
struct BridgePort {
  bool isolated = false;
  bool is_closed = false;
};

// Nothing of it: the attribute is not there.
std::optional<bool> FlagOf(const nlattr* attribute) {
  if (attribute == nullptr || nla_len(attribute) != sizeof(uint8_t)) return std::nullopt;
  return nla_get_u8(attribute) != 0;
}

BridgePort BridgePortOf(nlattr* link_details) {
  nlattr* details[IFLA_INFO_MAX + 1] = {};
  nlattr* port[IFLA_BRPORT_MAX + 1] = {};
  if (link_details == nullptr ||
      nla_parse_nested(details, IFLA_INFO_MAX, link_details, nullptr) != 0 ||
      details[IFLA_INFO_SLAVE_KIND] == nullptr || details[IFLA_INFO_SLAVE_DATA] == nullptr ||
      TextOf(details[IFLA_INFO_SLAVE_KIND]) != "bridge" ||
      nla_parse_nested(port, IFLA_BRPORT_MAX, details[IFLA_INFO_SLAVE_DATA], nullptr) != 0) {
    return {};
  }
  return {FlagOf(port[IFLA_BRPORT_ISOLATED]).value_or(false),
          FlagOf(port[IFLA_BRPORT_LEARNING]) == false &&
              FlagOf(port[IFLA_BRPORT_UNICAST_FLOOD]) == false};
}

// False: it is no MAC.
bool ReadMac(nlattr* attribute, Mac& mac) {
  if (attribute == nullptr || static_cast<size_t>(nla_len(attribute)) != mac.bytes.size()) {
    return false;
  }
  std::memcpy(mac.bytes.data(), nla_data(attribute), mac.bytes.size());
  return true;
}

}  // namespace

std::optional<ParsedLink> ParseLink(nlmsghdr* message) {
  nlattr* attributes[IFLA_MAX + 1] = {};
  if (nlmsg_parse(message, sizeof(ifinfomsg), attributes, IFLA_MAX, nullptr) != 0 ||
      attributes[IFLA_IFNAME] == nullptr) {
    return std::nullopt;
  }
  const auto* header = static_cast<const ifinfomsg*>(nlmsg_data(message));
  ParsedLink parsed;
  Link& link = parsed.link;
  link.index = header->ifi_index;
  link.name = TextOf(attributes[IFLA_IFNAME]);
  ReadMac(attributes[IFLA_ADDRESS], link.mac);
  link.mtu = NumberOf(attributes[IFLA_MTU]);
  link.min_mtu = NumberOf(attributes[IFLA_MIN_MTU]);
  link.max_mtu = NumberOf(attributes[IFLA_MAX_MTU]);
  link.kind = KindOf(attributes[IFLA_LINKINFO]);
  const BridgePort port = BridgePortOf(attributes[IFLA_LINKINFO]);
  link.isolated = port.isolated;
  parsed.is_closed = port.is_closed;
  link.up = (header->ifi_flags & IFF_UP) != 0;
  link.carrier = (header->ifi_flags & IFF_LOWER_UP) != 0;
  parsed.master_index = static_cast<int>(NumberOf(attributes[IFLA_MASTER]));
  return parsed;
}

std::optional<ParsedAddress> ParseAddress(nlmsghdr* message) {
  nlattr* attributes[IFA_MAX + 1] = {};
  if (nlmsg_parse(message, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr) != 0) {
    return std::nullopt;
  }
  const auto* header = static_cast<const ifaddrmsg*>(nlmsg_data(message));
  nlattr* local = attributes[attributes[IFA_LOCAL] != nullptr ? IFA_LOCAL : IFA_ADDRESS];
  const bool names_a_network = header->ifa_prefixlen >= 1 && header->ifa_prefixlen <= kIpv4Bits;
  if (header->ifa_family != AF_INET || !names_a_network || !IsNumber(local)) return std::nullopt;
  return ParsedAddress{static_cast<int>(header->ifa_index),
                       {Ipv4{ntohl(NumberOf(local))}, header->ifa_prefixlen}};
}

std::optional<ParsedNeighbour> ParseNeighbour(nlmsghdr* message) {
  nlattr* attributes[NDA_MAX + 1] = {};
  ParsedNeighbour parsed;
  if (nlmsg_parse(message, sizeof(ndmsg), attributes, NDA_MAX, nullptr) != 0 ||
      !ReadMac(attributes[NDA_LLADDR], parsed.mac)) {
    return std::nullopt;
  }
  const auto* header = static_cast<const ndmsg*>(nlmsg_data(message));
  parsed.link_index = header->ndm_ifindex;
  parsed.state = header->ndm_state;
  if (header->ndm_family == AF_BRIDGE) return parsed;
  if (header->ndm_family != AF_INET || !IsNumber(attributes[NDA_DST])) return std::nullopt;
  parsed.address = {ntohl(NumberOf(attributes[NDA_DST]))};
  return parsed;
}

std::optional<PortPath> UsbPortOf(std::string_view device_symlink) {
  const std::string_view device = device_symlink.substr(device_symlink.rfind('/') + 1);
  const size_t colon = device.find(':');  // 1-1.3:1.0 is an interface of device 1-1.3
  if (colon == std::string_view::npos) return std::nullopt;
  return PortPath::Parse(device.substr(0, colon));
}

}  // namespace zprov::adapters
