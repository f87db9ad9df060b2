// What comes behind a netlink header: a link or an address is read from it, which says itself again
// when it is written as the kernel would, or nothing. Nothing is read past the message's end.
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>

#include <cstring>
#include <memory>

#include "adapters/nl_parse.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

struct FreeMessage {
  void operator()(nl_msg* message) const { nlmsg_free(message); }
};
using Message = std::unique_ptr<nl_msg, FreeMessage>;

bool operator==(const adapters::ParsedLink& a, const adapters::ParsedLink& b) {
  return a.link == b.link && a.master_index == b.master_index;
}

// In a buffer that ends where the message does, so that the sanitizer sees a read past it.
std::unique_ptr<char[]> Received(int type, const uint8_t* data, size_t size) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + size);
  header.nlmsg_type = static_cast<uint16_t>(type);
  auto buffer = std::make_unique<char[]>(header.nlmsg_len);
  std::memcpy(buffer.get(), &header, sizeof header);
  if (size > 0) std::memcpy(buffer.get() + sizeof header, data, size);
  return buffer;
}

nlmsghdr* HeaderOf(const std::unique_ptr<char[]>& buffer) {
  return reinterpret_cast<nlmsghdr*>(buffer.get());
}

Message Written(const adapters::ParsedLink& parsed) {
  Message message(nlmsg_alloc_size(1 << 18));
  nlmsg_put(message.get(), 0, 0, RTM_NEWLINK, 0, 0);
  ifinfomsg header{};
  header.ifi_index = parsed.link.index;
  header.ifi_flags =
      (parsed.link.up ? unsigned{IFF_UP} : 0) | (parsed.link.carrier ? unsigned{IFF_LOWER_UP} : 0);
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_string(message.get(), IFLA_IFNAME, parsed.link.name.c_str());
  nla_put(message.get(), IFLA_ADDRESS, static_cast<int>(parsed.link.mac.bytes.size()),
          parsed.link.mac.bytes.data());
  nla_put_u32(message.get(), IFLA_MTU, parsed.link.mtu);
  nla_put_u32(message.get(), IFLA_MIN_MTU, parsed.link.min_mtu);
  nla_put_u32(message.get(), IFLA_MAX_MTU, parsed.link.max_mtu);
  nla_put_u32(message.get(), IFLA_MASTER, static_cast<uint32_t>(parsed.master_index));
  nlattr* details = nla_nest_start(message.get(), IFLA_LINKINFO);
  nla_put_string(message.get(), IFLA_INFO_KIND, parsed.link.kind.c_str());
  if (parsed.link.isolated) {
    nla_put_string(message.get(), IFLA_INFO_SLAVE_KIND, "bridge");
    nlattr* port = nla_nest_start(message.get(), IFLA_INFO_SLAVE_DATA);
    nla_put_u8(message.get(), IFLA_BRPORT_ISOLATED, 1);
    nla_nest_end(message.get(), port);
  }
  nla_nest_end(message.get(), details);
  return message;
}

Message Written(const adapters::ParsedAddress& parsed) {
  Message message(nlmsg_alloc());
  nlmsg_put(message.get(), 0, 0, RTM_NEWADDR, 0, 0);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<uint8_t>(parsed.address.prefix);
  header.ifa_index = static_cast<uint32_t>(parsed.link_index);
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put_u32(message.get(), IFA_LOCAL, htonl(parsed.address.address.number));
  return message;
}

void CheckLink(const uint8_t* data, size_t size) {
  const auto received = Received(RTM_NEWLINK, data, size);
  const auto parsed = adapters::ParseLink(HeaderOf(received));
  if (!parsed) return;
  ZPROV_HOLDS(parsed->link.name.find('\0') == std::string::npos);
  const Message written = Written(*parsed);
  const auto again = adapters::ParseLink(nlmsg_hdr(written.get()));
  ZPROV_HOLDS(again.has_value() && *again == *parsed);
}

void CheckAddress(const uint8_t* data, size_t size) {
  const auto received = Received(RTM_NEWADDR, data, size);
  const auto parsed = adapters::ParseAddress(HeaderOf(received));
  if (!parsed) return;
  ZPROV_HOLDS(parsed->address.prefix >= 1 && parsed->address.prefix <= 32);
  ZPROV_HOLDS(parsed->address.Contains(parsed->address.address));
  const Message written = Written(*parsed);
  const auto again = adapters::ParseAddress(nlmsg_hdr(written.get()));
  ZPROV_HOLDS(again.has_value() && again->link_index == parsed->link_index &&
              again->address == parsed->address);
}

void CheckDevice(std::string_view symlink) {
  const auto port = adapters::UsbPortOf(symlink);
  if (!port) return;
  const std::string device = port->ToString() + ":";
  const std::string_view name = symlink.substr(symlink.rfind('/') + 1);
  ZPROV_HOLDS(name.starts_with(device));
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  constexpr size_t kLargest = 1 << 16;  // bytes of one read from the socket
  if (size > kLargest) return 0;
  CheckLink(data, size);
  CheckAddress(data, size);
  CheckDevice(TextOf(data, size));
  return 0;
}
