#include "util/net.h"

#include <gtest/gtest.h>

namespace zprov {
namespace {

TEST(Mac, ReadsAndWritesTheFieldsForm) {
  const auto mac = Mac::Parse("02:34:33:3C:50:22");
  ASSERT_TRUE(mac);
  EXPECT_EQ(mac->ToString(), "02:34:33:3c:50:22");
  EXPECT_EQ(Mac::FromNumber(mac->Number()), mac);
  EXPECT_EQ(Mac::FromNumber(uint64_t{1} << 48), std::nullopt);
}

TEST(Mac, RefusesAnythingElse) {
  for (const char* bad : {"", "02:34:33:3c:50", "02:34:33:3c:50:2", "02:34:33:3c:50:22:11",
                          "02-34-33-3c-50-22", "02:34:33:3c:50:2g", "02:34:33:3c:50:22 "}) {
    EXPECT_EQ(Mac::Parse(bad), std::nullopt) << bad;
  }
}

TEST(Ipv4, ReadsOnlyDottedQuads) {
  EXPECT_EQ(Ipv4::Parse("192.168.7.33")->ToString(), "192.168.7.33");
  for (const char* bad :
       {"", "1.2.3", "1.2.3.256", "1.2.3.04", "1.2.3.4.5", "1.2.3.-4", "a.b.c.d"}) {
    EXPECT_EQ(Ipv4::Parse(bad), std::nullopt) << bad;
  }
}

TEST(InterfaceAddress, KnowsItsNetwork) {
  const auto host = InterfaceAddress::Parse("192.168.7.2/24");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->ToString(), "192.168.7.2/24");
  EXPECT_EQ(host->Netmask().ToString(), "255.255.255.0");
  EXPECT_EQ(host->NetworkAddress().ToString(), "192.168.7.0");
  EXPECT_EQ(host->Broadcast().ToString(), "192.168.7.255");
  EXPECT_TRUE(host->Contains(*Ipv4::Parse("192.168.7.200")));
  EXPECT_FALSE(host->Contains(*Ipv4::Parse("192.168.8.2")));
  for (const char* bad : {"192.168.7.2", "192.168.7.2/0", "192.168.7.2/31", "192.168.7.2/x"}) {
    EXPECT_EQ(InterfaceAddress::Parse(bad), std::nullopt) << bad;
  }
}

TEST(PortPath, ReadsTheKernelsForm) {
  EXPECT_EQ(PortPath::Parse("1-1.3")->ToString(), "1-1.3");
  EXPECT_EQ(PortPath::Parse("2-4"), (PortPath{2, {4}}));
  EXPECT_EQ(PortPath::Parse("1-1.2.3.4.5.6.7")->Depth(), PortPath::kMostPorts);
  for (const char* bad :
       {"", "1", "1-", "-1", "1-0", "0-1", "1-1..3", "1-1.3/..", "1-1.1.1.1.1.1.1.1"}) {
    EXPECT_EQ(PortPath::Parse(bad), std::nullopt) << bad;
  }
}

TEST(PortPath, KnowsItsHubAndWhatIsBelow) {
  const PortPath root_hub{1, {}};
  const PortPath hub{1, {1}};
  const PortPath board{1, {1, 3}};
  EXPECT_EQ(board.Hub(), hub);
  EXPECT_EQ(board.Number(), 3);
  EXPECT_EQ(hub.Port(3), board);
  EXPECT_EQ(hub.Hub(), root_hub);
  EXPECT_TRUE(root_hub.IsRootHub());
  EXPECT_FALSE(hub.IsRootHub());
  EXPECT_EQ(root_hub.Hub(), root_hub);
  EXPECT_EQ(root_hub.Number(), 0);
  EXPECT_EQ(root_hub.ToString(), "1-");
  EXPECT_TRUE(board.IsBelow(hub));
  EXPECT_TRUE(board.IsBelow(root_hub));
  EXPECT_TRUE(board.IsBelow(board));
  EXPECT_FALSE(hub.IsBelow(board));
  EXPECT_FALSE(board.IsBelow(PortPath{2, {1}}));
  EXPECT_FALSE((PortPath{1, {13}}).IsBelow(hub));
}

TEST(PortPath, StandsBeforeWhatIsBelowIt) {
  EXPECT_LT((PortPath{1, {1}}), (PortPath{1, {1, 1}}));
  EXPECT_LT((PortPath{1, {1, 7}}), (PortPath{1, {2}}));
  EXPECT_LT((PortPath{1, {9}}), (PortPath{2, {1}}));
}

TEST(LinkName, IsWhatTheKernelTakes) {
  for (const char* good : {"s0", "san", "usb12", "eth0.7", "exactly15bytes_"}) {
    EXPECT_TRUE(IsLinkName(good)) << good;
  }
  for (const char* bad : {"", ".", "..", "a b", "a/b", "a:b", "s%d", "sixteen_bytes_xx", "a\n"}) {
    EXPECT_FALSE(IsLinkName(bad)) << bad;
  }
}

// dev_valid_name() of 6.18 refuses the byte a0 wherever it stands, and takes "á".
TEST(LinkName, HoldsNoByteThatTheKernelCallsASpace) {
  EXPECT_FALSE(IsLinkName("brü\xa0"));
  EXPECT_FALSE(IsLinkName("à"));
  EXPECT_TRUE(IsLinkName("á"));
}

TEST(LinkName, HoldsNoZeroByteWhichWouldCutIt) {
  EXPECT_FALSE(IsLinkName(std::string_view("s0\0x", 4)));
  EXPECT_FALSE(IsLinkName(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace zprov
