// What the netlink adapter does on a real kernel that no behaviour in the contract shows: the pins'
// exact state, the socket a probe takes, and notices that the kernel drops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

#include "adapters/nl_parse.h"
#include "contract/netlink_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

const Mac kPortMac = *Mac::Parse("02:00:00:00:00:10");
const Mac kBridgeMac = *Mac::Parse("02:00:00:00:00:77");

std::string Content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The line of /proc/net/arp about an address.
std::string NeighbourLine(Ipv4 address) {
  std::istringstream lines(Content("/proc/self/net/arp"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(address.ToString() + " ")) return line;
  }
  return "";
}

// What others in this network namespace are told of links, from here on.
class LinkNotices {
 public:
  LinkNotices() {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~LinkNotices() { close(socket_); }
  LinkNotices(const LinkNotices&) = delete;
  LinkNotices& operator=(const LinkNotices&) = delete;

  // Of all that has come so far.
  std::vector<Mac> MacsOf(const std::string& link) {
    std::vector<Mac> macs;
    alignas(nlmsghdr) std::array<char, 65536> buffer;
    for (ssize_t left; (left = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
      auto* message = reinterpret_cast<nlmsghdr*>(buffer.data());
      for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
        const auto told = adapters::ParseLink(message);
        if (told && told->link.name == link) macs.push_back(told->link.mac);
      }
    }
    return macs;
  }

 private:
  int socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
};

class NetlinkOnAKernel : public testing::TestWithParam<NetlinkWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
    os::Netlink& netlink = world_->netlink();
    ASSERT_TRUE(netlink.EnsureBridge("san", {.mac = kPortMac}).has_value());
    ASSERT_TRUE(netlink.AddAddress("san", *InterfaceAddress::Parse("192.168.7.2/24")).has_value());
    world_->Plug("s0", kPortMac, kNode);
    ASSERT_TRUE(netlink.SetLink("s0", {.master = "san", .up = true}).has_value());
  }

  std::unique_ptr<NetlinkWorld> world_;
};

TEST_P(NetlinkOnAKernel, PinsWithLearningAndFloodOffAndAPermanentNeighbour) {
  const std::string port = "/sys/class/net/s0/brport/";
  ASSERT_EQ(Content(port + "learning"), "1\n");
  ASSERT_EQ(Content(port + "unicast_flood"), "1\n");
  ASSERT_TRUE(world_->netlink().Pin("s0", kNode.mac, kNode.address).has_value());
  EXPECT_EQ(Content(port + "learning"), "0\n");
  EXPECT_EQ(Content(port + "unicast_flood"), "0\n");
  const std::string line = NeighbourLine(kNode.address);
  EXPECT_THAT(line, testing::HasSubstr(" 0x6 "));  // ATF_COM | ATF_PERM
  EXPECT_THAT(line, testing::HasSubstr(kNode.mac.ToString()));
  EXPECT_THAT(line, testing::HasSubstr("san"));
}

TEST_P(NetlinkOnAKernel, ProbesByAPingSocketWhereItMay) {
  EXPECT_TRUE(world_->IsAlive("san", kNode.address));  // a raw one: nobody may ping in a new one
  std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 2147483647";
  EXPECT_TRUE(world_->IsAlive("san", kNode.address));
  world_->DropRights();  // no raw socket any more
  EXPECT_TRUE(world_->IsAlive("san", kNode.address));
}

TEST_P(NetlinkOnAKernel, ShowsANewBridgeWithItsOwnMacFromTheFirstNoticeOn) {
  LinkNotices notices;
  const os::BridgeSettings settings = {.mac = kBridgeMac, .mtu = 7418};
  ASSERT_TRUE(world_->netlink().EnsureBridge("lan", settings).has_value());
  const std::vector<Mac> seen = notices.MacsOf("lan");
  EXPECT_THAT(seen, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(seen, testing::Each(kBridgeMac));
}

TEST_P(NetlinkOnAKernel, SaysWhenTheKernelDroppedNotices) {
  // More than the socket's buffer holds while nobody reads.
  for (uint32_t i = 0; i < 5000; ++i) {
    ASSERT_TRUE(world_->netlink().SetLink("s0", {.mtu = 1400 + i % 2}).has_value());
  }
  EXPECT_TRUE(world_->Await(os::LinksLost{}));
  ASSERT_TRUE(world_->netlink().SetLink("s0", {.mtu = 1300}).has_value());
  EXPECT_TRUE(world_->Await(os::LinkChanged{"s0"}));
}

std::vector<NetlinkWorldRow> KernelWorlds() {
  std::vector<NetlinkWorldRow> rows = NetlinkWorlds();
  std::erase_if(rows, [](const NetlinkWorldRow& row) { return row.name != "Kernel"; });
  return rows;
}

INSTANTIATE_TEST_SUITE_P(, NetlinkOnAKernel, testing::ValuesIn(KernelWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
