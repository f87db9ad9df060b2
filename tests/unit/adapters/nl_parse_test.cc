// What no kernel here sends: malformed addresses; and where a link's USB device sits, from sysfs's
// own text. The rest of the parser meets the kernel in tests/contract/netlink_contract.cc.
#include "adapters/nl_parse.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>

#include <memory>

namespace zprov::adapters {
namespace {

// 192.168.7.2 with `prefix`, of which the message has the first `bytes`.
std::optional<ParsedAddress> Parsed(uint8_t prefix, int bytes) {
  constexpr uint8_t kAddress[] = {192, 168, 7, 2};
  const std::unique_ptr<nl_msg, decltype(&nlmsg_free)> message(nlmsg_alloc_simple(RTM_NEWADDR, 0),
                                                               &nlmsg_free);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = prefix;
  header.ifa_index = 7;
  nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
  nla_put(message.get(), IFA_LOCAL, bytes, kAddress);
  return ParseAddress(nlmsg_hdr(message.get()));
}

TEST(ParseAddress, ReadsTheAddressAndItsPrefix) {
  const auto parsed = Parsed(24, 4);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->link_index, 7);
  EXPECT_EQ(parsed->address, InterfaceAddress::Parse("192.168.7.2/24"));
  EXPECT_EQ(Parsed(32, 4)->address.prefix, 32);
}

TEST(ParseAddress, IsNothingForAPrefixThatNoAddressHas) {
  EXPECT_FALSE(Parsed(0, 4));
  EXPECT_FALSE(Parsed(33, 4));
  EXPECT_FALSE(Parsed(255, 4));
}

TEST(ParseAddress, IsNothingForHalfAnAddress) {
  EXPECT_FALSE(Parsed(24, 2));
  EXPECT_FALSE(Parsed(24, 0));
}

TEST(UsbPortOf, ReadsTheInterfaceThatSysfsNames) {
  EXPECT_EQ(UsbPortOf("../../../1-1.3:1.0"), PortPath::Parse("1-1.3"));
  EXPECT_EQ(UsbPortOf("../../../2-4.1.7:2.1"), PortPath::Parse("2-4.1.7"));
}

TEST(UsbPortOf, IsNothingForOtherBuses) {
  for (const char* text : {"", "../../../0000:00:03.0", "../../../virtio0", "../../../1-1.3", ":",
                           "../../1-1.3:1.0/net"}) {
    EXPECT_EQ(UsbPortOf(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace zprov::adapters
