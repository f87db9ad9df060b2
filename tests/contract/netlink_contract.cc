// What os::Netlink promises about links, bridges and addresses, for the simulator and for this
// kernel alike. Pins, probes and notices: netlink_node_contract.cc. Links of USB
// gadgets: netlink_usb_contract.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/netlink_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using os::LinkChange;
using testing::ElementsAre;

const Mac kLow = *Mac::Parse("02:00:00:00:00:10");
const Mac kHigh = *Mac::Parse("02:00:00:00:00:20");
const Mac kOwn = *Mac::Parse("02:00:00:00:00:77");

class NetlinkContract : public testing::TestWithParam<NetlinkWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
  }

  os::Netlink& netlink() { return world_->netlink(); }
  Link Now(const std::string& name) { return world_->LinkNamed(name); }
  void Plug(const std::string& link, const Mac& mac = kLow) { world_->Plug(link, mac, kNode); }
  void Bridge(const os::BridgeSettings& settings = {}) {
    Succeed(netlink().EnsureBridge("san", settings));
  }
  void Set(const std::string& link, const LinkChange& change) {
    Succeed(netlink().SetLink(link, change));
  }
  ErrorKind SetFails(const std::string& link, const LinkChange& change) {
    const auto outcome = netlink().SetLink(link, change);
    EXPECT_FALSE(outcome.has_value());
    if (outcome.has_value()) return ErrorKind::kIo;
    EXPECT_NE(outcome.error().message, "");
    return outcome.error().kind;
  }
  void Succeed(const Result<void>& outcome) {
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
  }

  std::unique_ptr<NetlinkWorld> world_;
};

TEST_P(NetlinkContract, ListsLinksByIndexWithAllThatIsKnown) {
  Plug("usb1", kHigh);
  Plug("usb0", kLow);
  const auto links = netlink().Links();
  ASSERT_TRUE(links.has_value());
  std::vector<std::string> names;
  for (const Link& link : *links) names.push_back(link.name);
  EXPECT_EQ(names.front(), "lo");
  EXPECT_LT(std::find(names.begin(), names.end(), "usb1"),
            std::find(names.begin(), names.end(), "usb0"));
  Link plugged = Now("usb1");
  EXPECT_GT(plugged.index, 1);
  EXPECT_EQ(plugged.mac, kHigh);
  EXPECT_EQ(plugged.mtu, 1500U);
  EXPECT_EQ(plugged.min_mtu, 68U);
  EXPECT_EQ(plugged.max_mtu, 65535U);
  EXPECT_EQ(plugged.master, "");
  EXPECT_FALSE(plugged.up);
  EXPECT_FALSE(plugged.carrier);
  EXPECT_EQ(plugged.usb, std::nullopt);
}

TEST_P(NetlinkContract, ChangesALinkInOneCall) {
  Plug("usb0");
  Bridge();
  const int index = Now("usb0").index;
  Set("usb0", {.name = "s0", .mac = kOwn, .mtu = 9000, .master = "san", .up = true});
  const Link link = Now("s0");
  EXPECT_EQ(link.index, index);
  EXPECT_EQ(link.mac, kOwn);
  EXPECT_EQ(link.mtu, 9000U);
  EXPECT_EQ(link.master, "san");
  EXPECT_TRUE(link.up);
  EXPECT_TRUE(link.carrier);
  Set("s0", {.name = "s0", .mac = kOwn, .mtu = 9000, .master = "san", .up = true});
  EXPECT_EQ(Now("s0"), link);
}

TEST_P(NetlinkContract, LeavesAloneWhatHasNoValue) {
  Plug("usb0");
  const Link before = Now("usb0");
  Set("usb0", {});
  EXPECT_EQ(Now("usb0"), before);
}

TEST_P(NetlinkContract, RenamesNoLinkThatIsUpOrInABridge) {
  Plug("usb0");
  Bridge();
  Set("usb0", {.up = true});
  EXPECT_EQ(SetFails("usb0", {.name = "s0"}), ErrorKind::kBusy);
  Set("usb0", {.master = "san", .up = false});
  EXPECT_EQ(SetFails("usb0", {.name = "s0", .master = ""}), ErrorKind::kBusy);
  EXPECT_EQ(Now("usb0").master, "san");
  Set("usb0", {.master = ""});
  Set("usb0", {.name = "s0"});
  EXPECT_EQ(Now("s0").mac, kLow);
}

TEST_P(NetlinkContract, RefusesNamesThatAreTakenOrNone) {
  Plug("usb0", kLow);
  Plug("usb1", kHigh);
  EXPECT_EQ(SetFails("usb0", {.name = "usb1"}), ErrorKind::kExists);
  EXPECT_EQ(SetFails("usb0", {.name = "lo"}), ErrorKind::kExists);
  for (const char* bad : {"", "a b", "a/b", "..", "s%d", "sixteen_bytes_xx"}) {
    EXPECT_EQ(SetFails("usb0", {.name = bad}), ErrorKind::kInvalid) << bad;
    EXPECT_EQ(netlink().EnsureBridge(bad, {}).error().kind, ErrorKind::kInvalid) << bad;
  }
  EXPECT_EQ(Now("usb0").mac, kLow);
  EXPECT_EQ(Now("usb1").mac, kHigh);
}

TEST_P(NetlinkContract, GivesALinkThatIsUpAnotherMacAndLeavesItUp) {
  Plug("usb0");
  Set("usb0", {.up = true});
  Set("usb0", {.mac = kOwn});
  EXPECT_EQ(Now("usb0").mac, kOwn);
  EXPECT_TRUE(Now("usb0").up);
}

TEST_P(NetlinkContract, RefusesMacsThatAreNoLinks) {
  Plug("usb0");
  Set("usb0", {.up = true});
  EXPECT_EQ(SetFails("usb0", {.mac = *Mac::Parse("03:00:00:00:00:01")}), ErrorKind::kInvalid);
  EXPECT_EQ(SetFails("usb0", {.mac = Mac{}}), ErrorKind::kInvalid);
  EXPECT_EQ(Now("usb0").mac, kLow);
  EXPECT_TRUE(Now("usb0").up);
}

TEST_P(NetlinkContract, RefusesAnMtuOutsideWhatTheLinkAllows) {
  Plug("usb0");
  const Link link = Now("usb0");
  EXPECT_EQ(SetFails("usb0", {.mtu = link.max_mtu + 1}), ErrorKind::kOutOfRange);
  EXPECT_EQ(SetFails("usb0", {.mtu = link.min_mtu - 1}), ErrorKind::kOutOfRange);
  EXPECT_EQ(Now("usb0").mtu, 1500U);
  Set("usb0", {.mtu = link.max_mtu});
  EXPECT_EQ(Now("usb0").mtu, link.max_mtu);
}

TEST_P(NetlinkContract, PutsLinksOnlyIntoBridgesThatAreThere) {
  Plug("usb0", kLow);
  Plug("usb1", kHigh);
  Bridge();
  Succeed(netlink().EnsureBridge("lan", {}));
  EXPECT_EQ(SetFails("usb0", {.master = "nope"}), ErrorKind::kNotFound);
  EXPECT_EQ(SetFails("usb0", {.master = "usb1"}), ErrorKind::kInvalid);
  EXPECT_EQ(SetFails("san", {.master = "lan"}), ErrorKind::kInvalid);
  EXPECT_EQ(Now("usb0").master, "");
  Set("usb0", {.master = "san"});
  EXPECT_EQ(Now("usb0").master, "san");
  Set("usb0", {.master = "lan"});
  EXPECT_EQ(Now("usb0").master, "lan");
  Set("usb0", {.master = ""});
  EXPECT_EQ(Now("usb0").master, "");
}

TEST_P(NetlinkContract, IsolatesAPortAsLongAsItIsInTheBridge) {
  Plug("usb0");
  Bridge();
  EXPECT_EQ(SetFails("usb0", {.isolated = true}), ErrorKind::kInvalid);
  Set("usb0", {.master = "san", .isolated = true, .up = true});
  EXPECT_TRUE(Now("usb0").isolated);
  EXPECT_TRUE(Now("usb0").up);
  const Link isolated = Now("usb0");
  Set("usb0", {.isolated = true});
  EXPECT_EQ(Now("usb0"), isolated);
  Set("usb0", {.isolated = false});
  EXPECT_FALSE(Now("usb0").isolated);
  Set("usb0", {.isolated = true});
  Set("usb0", {.master = ""});
  EXPECT_FALSE(Now("usb0").isolated);
  Set("usb0", {.master = "san"});
  EXPECT_FALSE(Now("usb0").isolated);
}

TEST_P(NetlinkContract, IsolatesAPortThatMovesIntoAnotherBridge) {
  Plug("usb0");
  Bridge();
  Succeed(netlink().EnsureBridge("lan", {}));
  Set("usb0", {.master = "san", .isolated = true});
  Set("usb0", {.master = "lan", .isolated = true});
  EXPECT_TRUE(Now("usb0").isolated);
  EXPECT_EQ(SetFails("usb0", {.master = "", .isolated = true}), ErrorKind::kInvalid);
}

TEST_P(NetlinkContract, KeepsTheChangesBeforeTheOneThatFailed) {
  Plug("usb0");
  EXPECT_EQ(
      SetFails("usb0", {.name = "s0", .mac = kOwn, .mtu = 9000, .master = "nope", .up = true}),
      ErrorKind::kNotFound);
  const Link link = Now("s0");
  EXPECT_EQ(link.mac, kOwn);
  EXPECT_EQ(link.mtu, 9000U);
  EXPECT_FALSE(link.up);
}

TEST_P(NetlinkContract, KeepsThePortsOfABridgeThatGetsAnotherName) {
  Bridge();
  Plug("usb0");
  Set("usb0", {.master = "san"});
  Set("san", {.up = false});
  Set("san", {.name = "lan"});
  EXPECT_EQ(Now("usb0").master, "lan");
}

TEST_P(NetlinkContract, SaysWhichLinkIsNotThere) {
  EXPECT_EQ(SetFails("usb9", {.up = true}), ErrorKind::kNotFound);
  EXPECT_EQ(netlink().AddAddress("usb9", *InterfaceAddress::Parse("192.168.7.2/24")).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(netlink().Pin("usb9", kLow, kNode.address).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(netlink().Probe("usb9", kNode.address).error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(netlink().SetLink("usb9", {.up = true}).error().message, testing::HasSubstr("usb9"));
}

TEST_P(NetlinkContract, MakesABridgeOnceAndPutsItUp) {
  Bridge({.mac = kOwn, .mtu = 9000});
  const Link bridge = Now("san");
  EXPECT_EQ(bridge.kind, "bridge");
  EXPECT_EQ(bridge.mac, kOwn);
  EXPECT_EQ(bridge.mtu, 9000U);
  EXPECT_TRUE(bridge.up);
  EXPECT_FALSE(bridge.carrier);
  Set("san", {.up = false});
  Bridge({.mac = kOwn, .mtu = 9000});
  EXPECT_EQ(Now("san"), bridge);
}

TEST_P(NetlinkContract, MakesNoBridgeOfAnotherLink) {
  Plug("san");
  const Link before = Now("san");
  EXPECT_EQ(netlink().EnsureBridge("san", {.mtu = 9000}).error().kind, ErrorKind::kExists);
  EXPECT_EQ(Now("san"), before);
}

TEST_P(NetlinkContract, MakesNoBridgeWithAMacThatIsForMany) {
  const Mac group = *Mac::Parse("01:00:5e:00:00:01");
  EXPECT_EQ(netlink().EnsureBridge("san", {.mac = group}).error().kind, ErrorKind::kInvalid);
  const auto links = netlink().Links();
  ASSERT_TRUE(links.has_value());
  EXPECT_THAT(*links, testing::Not(testing::Contains(testing::Field(&Link::name, "san"))));
}

TEST_P(NetlinkContract, RefusesABridgesMtuOutOfRange) {
  EXPECT_EQ(netlink().EnsureBridge("san", {.mtu = 65536}).error().kind, ErrorKind::kOutOfRange);
  EXPECT_EQ(netlink().EnsureBridge("san", {.mtu = 67}).error().kind, ErrorKind::kOutOfRange);
  EXPECT_EQ(Now("san").mtu, 1500U);
}

TEST_P(NetlinkContract, LetsABridgeTakeTheLowestMacOfItsPorts) {
  Bridge();
  Plug("usb0", kHigh);
  Plug("usb1", kLow);
  Set("usb0", {.master = "san"});
  EXPECT_EQ(Now("san").mac, kHigh);
  Set("usb1", {.master = "san"});
  EXPECT_EQ(Now("san").mac, kLow);
  world_->Unplug("usb1");
  EXPECT_EQ(Now("san").mac, kHigh);
  Set("usb0", {.mac = kOwn});
  EXPECT_EQ(Now("san").mac, kOwn);
  Set("usb0", {.master = ""});
  EXPECT_EQ(Now("san").mac, Mac{});
}

TEST_P(NetlinkContract, KeepsABridgesMacOnceItIsPinned) {
  Bridge();
  Plug("usb0", kHigh);
  Plug("usb1", kLow);
  Set("usb0", {.master = "san"});
  Bridge({.mac = kHigh});  // which it has already, by chance
  Set("usb1", {.master = "san"});
  EXPECT_EQ(Now("san").mac, kHigh);
  world_->Unplug("usb0");
  EXPECT_EQ(Now("san").mac, kHigh);
}

TEST_P(NetlinkContract, LetsABridgeTakeTheSmallestMtuOfItsPorts) {
  Bridge();
  Plug("usb0", kHigh);
  Plug("usb1", kLow);
  Set("usb0", {.mtu = 9000, .master = "san"});
  EXPECT_EQ(Now("san").mtu, 9000U);
  Set("usb1", {.mtu = 4000, .master = "san"});
  EXPECT_EQ(Now("san").mtu, 4000U);
  Set("usb1", {.mtu = 5000});
  EXPECT_EQ(Now("san").mtu, 5000U);
  Set("usb0", {.master = ""});
  Set("usb1", {.master = ""});
  EXPECT_EQ(Now("san").mtu, 1500U);
}

TEST_P(NetlinkContract, KeepsABridgesMtuOnceItIsSet) {
  Bridge({.mtu = 1500});  // which it has already, as every new bridge
  Plug("usb0");
  Set("usb0", {.mtu = 9000, .master = "san"});
  EXPECT_EQ(Now("san").mtu, 1500U);
  Bridge({.mtu = 9000});
  world_->Unplug("usb0");
  EXPECT_EQ(Now("san").mtu, 9000U);
}

TEST_P(NetlinkContract, HasACarrierWhereSomethingIsUpAtTheEnd) {
  Bridge();
  Plug("usb0");
  Set("usb0", {.master = "san"});
  EXPECT_FALSE(Now("usb0").carrier);
  Set("usb0", {.up = true});
  EXPECT_TRUE(Now("usb0").carrier);
  EXPECT_EQ(Now("san").name, "san");
  Set("usb0", {.up = false});
  EXPECT_FALSE(Now("usb0").carrier);
}

TEST_P(NetlinkContract, AddsAnAddressOnce) {
  Bridge();
  const auto first = *InterfaceAddress::Parse("192.168.7.2/24");
  const auto second = *InterfaceAddress::Parse("10.0.0.1/30");
  Succeed(netlink().AddAddress("san", first));
  Succeed(netlink().AddAddress("san", second));
  Succeed(netlink().AddAddress("san", first));
  const auto addresses = netlink().Addresses();
  ASSERT_TRUE(addresses.has_value());
  EXPECT_THAT(*addresses,
              ElementsAre(os::LinkAddress{"san", second}, os::LinkAddress{"san", first}));
}

TEST_P(NetlinkContract, ChangesNothingWithoutTheRight) {
  Bridge();
  Plug("usb0");
  Set("usb0", {.master = "san"});
  const auto before = *netlink().Links();
  world_->DropRights();
  EXPECT_EQ(netlink().EnsureBridge("lan", {}).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(netlink().EnsureBridge("san", {.mtu = 9000}).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(SetFails("usb0", {.up = true}), ErrorKind::kPermission);
  EXPECT_EQ(SetFails("usb0", {.mtu = 9000}), ErrorKind::kPermission);
  EXPECT_EQ(netlink().AddAddress("san", *InterfaceAddress::Parse("10.0.0.1/30")).error().kind,
            ErrorKind::kPermission);
  EXPECT_EQ(netlink().Pin("usb0", kLow, kNode.address).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(netlink().Probe("san", kNode.address).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(*netlink().Links(), before);
  EXPECT_TRUE(netlink().Addresses()->empty());
}

INSTANTIATE_TEST_SUITE_P(, NetlinkContract, testing::ValuesIn(NetlinkWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
