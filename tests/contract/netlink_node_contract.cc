// What os::Netlink promises about nodes at the far ends of links: pins, probes and notices. Links
// and bridges: netlink_contract.cc.
#include <gmock/gmock.h>

#include <algorithm>

#include "contract/netlink_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using os::LinkChanged;
using std::chrono::seconds;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const Mac kPort0 = *Mac::Parse("02:00:00:00:00:10");
const Mac kPort1 = *Mac::Parse("02:00:00:00:00:20");

class NetlinkNodeContract : public testing::TestWithParam<NetlinkWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
    Succeed(netlink().EnsureBridge("san", {.mac = *Mac::Parse("02:00:00:00:00:77")}));
    Succeed(netlink().AddAddress("san", *InterfaceAddress::Parse("192.168.7.2/24")));
  }

  os::Netlink& netlink() { return world_->netlink(); }
  void Join(const std::string& link, const Mac& mac, const Node& node) {
    world_->Plug(link, mac, node);
    Succeed(netlink().SetLink(link, {.master = "san", .up = true}));
  }
  void Pin(const std::string& link, const Node& node) {
    Succeed(netlink().Pin(link, node.mac, node.address));
  }
  std::vector<os::PinnedPort> Pins() { return netlink().Pins().value(); }
  bool IsAlive(const Node& node) { return world_->IsAlive("san", node.address); }
  void Succeed(const Result<void>& outcome) {
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
  }

  std::unique_ptr<NetlinkWorld> world_;
};

TEST_P(NetlinkNodeContract, ProbesALiveAndADeadNodeWithThePinsSet) {
  Join("s0", kPort0, kNode);
  Join("s1", kPort1, kOther);
  Pin("s0", kNode);
  Pin("s1", kOther);
  EXPECT_TRUE(IsAlive(kNode));
  EXPECT_TRUE(IsAlive(kOther));
  world_->Silence("s1");
  const os::Moment asked = world_->clock().Now();
  EXPECT_FALSE(IsAlive(kOther));
  EXPECT_GE(world_->clock().Now() - asked, seconds(3));
  EXPECT_TRUE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, ProbesWithoutPinsToo) {
  Join("s0", kPort0, kNode);
  EXPECT_TRUE(IsAlive(kNode));
  EXPECT_FALSE(IsAlive(kOther));
}

TEST_P(NetlinkNodeContract, ProbesSeveralNodesAtOnce) {
  Join("s0", kPort0, kNode);
  Join("s1", kPort1, kOther);
  world_->Silence("s0");
  const auto dead = netlink().Probe("san", kNode.address);
  const auto live = netlink().Probe("san", kOther.address);
  ASSERT_TRUE(dead && live);
  ASSERT_NE(*dead, *live);
  EXPECT_TRUE(world_->Await(os::ProbeAnswered{*live, true}));
  EXPECT_TRUE(world_->Await(os::ProbeAnswered{*dead, false}));
}

TEST_P(NetlinkNodeContract, HearsNothingFromANodeWhosePortIsDown) {
  Join("s0", kPort0, kNode);
  Pin("s0", kNode);
  Succeed(netlink().SetLink("s0", {.up = false}));
  EXPECT_FALSE(IsAlive(kNode));
  Succeed(netlink().SetLink("s0", {.up = true}));
  EXPECT_TRUE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, LetsNoOtherPortTakeThePinnedAddressOfANodeThatIsOff) {
  Join("s0", kPort0, kNode);
  Pin("s0", kNode);
  world_->Silence("s0");
  // The thief has the node's address and even its MAC, on a port that nobody pinned yet.
  Join("s1", kPort1, kNode);
  EXPECT_FALSE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, LetsNoPinnedPortTakeAnotherNodesAddress) {
  Join("s0", kPort0, kNode);
  Pin("s0", kNode);
  world_->Silence("s0");
  Join("s1", kPort1, kNode);
  Pin("s1", kOther);
  EXPECT_FALSE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, FollowsANodeThatWasPinnedElsewhere) {
  Join("s0", kPort0, kOther);
  Pin("s0", kNode);
  EXPECT_FALSE(IsAlive(kNode));
  Join("s1", kPort1, kNode);
  Pin("s1", kNode);
  EXPECT_TRUE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, PinsTwiceAsOnce) {
  Join("s0", kPort0, kNode);
  Pin("s0", kNode);
  Pin("s0", kNode);
  EXPECT_TRUE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, ShowsWhatIsPinnedAndWhereItIsPinnedNow) {
  Join("s0", kPort0, kNode);
  Join("s1", kPort1, kOther);
  EXPECT_THAT(Pins(), IsEmpty());
  Pin("s1", kOther);
  Pin("s0", kNode);
  EXPECT_THAT(Pins(), UnorderedElementsAre(os::PinnedPort{"s0", kNode.mac, kNode.address},
                                           os::PinnedPort{"s1", kOther.mac, kOther.address}));
  Succeed(netlink().SetLink("s1", {.up = false}));
  EXPECT_THAT(Pins(), SizeIs(2)) << "a link that was away comes back as it was";
  Pin("s1", kNode);
  EXPECT_THAT(Pins(), Contains(os::PinnedPort{"s1", kNode.mac, kNode.address}));
  EXPECT_THAT(Pins(), Not(Contains(os::PinnedPort{"s0", kNode.mac, kNode.address})));
  Succeed(netlink().SetLink("s1", {.master = ""}));
  EXPECT_THAT(Pins(), IsEmpty());
}

TEST_P(NetlinkNodeContract, PinsOnlyPortsOfABridge) {
  world_->Plug("s0", kPort0, kNode);
  const auto refused = netlink().Pin("s0", kNode.mac, kNode.address);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
}

TEST_P(NetlinkNodeContract, HearsNobodyElseAtAPinnedPort) {
  Join("s0", kPort0, {kNode.mac, kOther.address});  // the right address, and another's MAC
  Pin("s0", kOther);
  EXPECT_FALSE(IsAlive(kOther));
}

TEST_P(NetlinkNodeContract, UnpinsAPortThatLeavesItsBridge) {
  Join("s0", kPort0, kNode);
  Pin("s0", kNode);
  world_->Silence("s0");
  Succeed(netlink().SetLink("s0", {.master = ""}));
  Succeed(netlink().SetLink("s0", {.master = "san"}));
  Join("s1", kPort1, kNode);
  EXPECT_TRUE(IsAlive(kNode));
}

TEST_P(NetlinkNodeContract, TellsWhenALinkAppearsChangesAndLeaves) {
  world_->Plug("usb0", kPort0, kNode);
  EXPECT_TRUE(world_->Await(LinkChanged{"usb0"}));
  world_->RenamedByOthers("usb0", "s0");
  EXPECT_TRUE(world_->Await(LinkChanged{"s0"}));
  EXPECT_EQ(world_->LinkNamed("s0").mac, kPort0);
  Succeed(netlink().SetLink("s0", {.mtu = 9000}));
  EXPECT_TRUE(world_->Await(LinkChanged{"s0"}));
  world_->Unplug("s0");
  EXPECT_TRUE(world_->Await(LinkChanged{"s0"}));
  const std::vector<Link> links = *netlink().Links();
  EXPECT_TRUE(
      std::none_of(links.begin(), links.end(), [](const Link& link) { return link.name == "s0"; }));
}

TEST_P(NetlinkNodeContract, TellsWhenALinkGetsAnAddress) {
  world_->Plug("usb0", kPort0, kNode);
  Succeed(netlink().SetLink("usb0", {.up = true}));
  const os::Moment settled = world_->clock().Now() + seconds(1);
  for (auto event = world_->events().Next(settled); event != os::Event(os::DeadlinePassed{});
       event = world_->events().Next(settled)) {
    ASSERT_TRUE(event.has_value());
  }
  Succeed(netlink().AddAddress("usb0", *InterfaceAddress::Parse("10.0.0.1/30")));
  EXPECT_TRUE(world_->Await(LinkChanged{"usb0"}));
}

INSTANTIATE_TEST_SUITE_P(, NetlinkNodeContract, testing::ValuesIn(NetlinkWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
