// Where a link's USB device sits, from sysfs's own text. The rest of the parser meets the kernel in
// tests/contract/netlink_contract.cc.
#include "adapters/nl_parse.h"

#include <gtest/gtest.h>

namespace zprov::adapters {
namespace {

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
