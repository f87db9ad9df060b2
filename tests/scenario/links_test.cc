// The nodes' links as they come and go, on the simulated host: what the kernel shows afterwards.
#include "engine/links/links.h"

#include <gmock/gmock.h>

#include "scenario/attached.h"
#include "scenario/rig.h"

namespace zprov::scenario {
namespace {

using engine::LinkState;
using sim::UsbDriver;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;

class AttachLinks : public ::testing::Test {
 protected:
  void Begin(const char* kernel = kCapsMtu) {
    host_.emplace(kernel, Cluster(spec::Mode::kNative));
    host_->Begin();
  }
  AttachedHost& host() { return *host_; }
  const spec::Node& node(size_t i) { return host_->spec().nodes[i]; }
  Mac Random() { return *Mac::FromNumber(0xa61122334400 + ++made_up_); }

  std::optional<AttachedHost> host_;

 private:
  uint64_t made_up_ = 0;
};

TEST_F(AttachLinks, TheBridgeIsThereBeforeAnyNode) {
  Begin();
  const Link bridge = host().LinkNamed("san");
  EXPECT_EQ(bridge.mac, host().spec().bridge.mac);
  EXPECT_EQ(bridge.mtu, 7418u);
  EXPECT_TRUE(bridge.up);
  EXPECT_THAT(host().Addresses(), Contains(os::LinkAddress{"san", host().spec().bridge.address}));
  EXPECT_EQ(host().At(0).state, LinkState::kAbsent);
}

TEST_F(AttachLinks, AGethWithARandomMacBecomesTheNodeOfItsPort) {
  Begin();
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  const Link link = host().LinkNamed("s1");
  EXPECT_EQ(link.usb, node(1).usb);
  EXPECT_EQ(link.mac, node(1).host_mac);
  EXPECT_EQ(link.mtu, 7418u);
  EXPECT_EQ(link.master, "san");
  EXPECT_TRUE(link.up);
  EXPECT_EQ(host().At(1), (engine::LinkView{LinkState::kAttached, "", 7418}));
  EXPECT_TRUE(host().Answers(node(1)));
  EXPECT_THAT(host().links().Warnings(), IsEmpty());
}

TEST_F(AttachLinks, ThePortDecidesNeverTheKernelsNameOrTheMac) {
  Begin(kCapsNoMtu);
  host().Plug(node(0), UsbDriver::kCdcEther, node(1).host_mac);  // another node's command line
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed("s0").usb, node(0).usb);
  EXPECT_EQ(host().LinkNamed("s0").mac, node(0).host_mac);
  EXPECT_EQ(host().At(1).state, LinkState::kAbsent);
}

TEST_F(AttachLinks, APinnedPortAnswersForItsOwnNodeAlone) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  // s1's board takes s0's address, and s0's board falls silent.
  host().network().SetNeighbour("s0", std::nullopt);
  host().network().SetNeighbour("s1", sim::Neighbour{node(0).node_mac, node(0).address});
  EXPECT_FALSE(host().Answers(node(0)));
}

TEST_F(AttachLinks, TwoNodesThatComeAtOnceAreBothAttached) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_EQ(host().At(1).state, LinkState::kAttached);
  EXPECT_TRUE(host().Answers(node(0)));
  EXPECT_TRUE(host().Answers(node(1)));
}

TEST_F(AttachLinks, WhereUdevRunsItsLinkFileComesFirst) {
  Begin(kCapsNoMtu);
  host().UdevRuns();
  const std::string link = host().Plug(node(0), UsbDriver::kCdcEther, Random());
  host().network().ChangeLater(link, {.name = "s0", .mac = node(0).host_mac, .mtu = 7418},
                               milliseconds(800));
  host().Run(milliseconds(500));
  EXPECT_EQ(host().At(0).state, LinkState::kWaiting);
  EXPECT_EQ(host().LinkNamed(link).master, "");
  EXPECT_FALSE(host().LinkNamed(link).up);
  host().Run(milliseconds(500));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_EQ(host().LinkNamed("s0").master, "san");
}

TEST_F(AttachLinks, WhenUdevDoesNotNameItInTimeWeDo) {
  Begin();
  host().UdevRuns();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(2));
  EXPECT_EQ(host().At(0).state, LinkState::kWaiting);
  host().Run(seconds(2));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_EQ(host().LinkNamed("s0").mac, node(0).host_mac);
}

TEST_F(AttachLinks, ALinkThatSomebodyPutUpIntoAnotherBridgeIsStillRenamed) {
  Begin();
  const std::string link = host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  ASSERT_TRUE(host().netlink().EnsureBridge("lan", {}));
  ASSERT_TRUE(host().netlink().SetLink(link, {.master = "lan", .up = true}));
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed("s0").master, "san");
  EXPECT_TRUE(host().LinkNamed("s0").up);
}

TEST_F(AttachLinks, ALinkThatLeavesIsForgottenAndOneThatReturnsIsAttachedAnew) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  host().network().Unplug("s0");
  host().Run(seconds(1));
  EXPECT_EQ(host().At(0), engine::LinkView{});
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_TRUE(host().Answers(node(0)));
}

TEST_F(AttachLinks, NoticesThatTheKernelDroppedLeadToAnotherLook) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().ForgetNotices();
  host().Run(seconds(1));
  ASSERT_EQ(host().At(0).state, LinkState::kAbsent) << "nobody said anything";
  host().network().LoseNotices();
  host().Run(seconds(1));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
}

TEST_F(AttachLinks, TheFirstNoticeAfterAWhileIsAnsweredAtOnce) {
  Begin();
  host().Run(seconds(1));
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(0));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
}

TEST_F(AttachLinks, NoticesThatComeFastAreAnsweredTogether) {
  constexpr int kNotices = 1000;
  Begin();
  host().Run(seconds(1));
  const uint64_t looks = host().links().looks();
  for (int i = 0; i < kNotices; ++i) {
    host().network().LoseNotices();
    host().Run(milliseconds(1));
  }
  EXPECT_THAT(host().links().looks() - looks, AllOf(Ge(19u), Le(21u))) << "one in 50 ms";
}

TEST_F(AttachLinks, WhatSomebodyUndidIsDoneAgain) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  const Link right = host().LinkNamed("s0");
  ASSERT_TRUE(host().netlink().SetLink("s0", {.mtu = 1500, .master = "", .up = false}));
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed("s0"), right);
  ASSERT_TRUE(host().netlink().SetLink("san", {.mtu = 1500, .up = false}));
  host().Run(seconds(1));
  EXPECT_TRUE(host().LinkNamed("san").up);
  EXPECT_EQ(host().LinkNamed("san").mtu, 7418u);
  EXPECT_TRUE(host().Answers(node(0)));
}

TEST_F(AttachLinks, SomebodyWhoNeverGivesInIsNamedAndLeftAloneForAWhile) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(host().netlink().SetLink("s0", {.up = false}));
    host().Run(milliseconds(10));
  }
  EXPECT_EQ(host().At(0).state, LinkState::kRefused);
  EXPECT_THAT(host().At(0).reason, HasSubstr("somebody else keeps changing it"));
  EXPECT_FALSE(host().LinkNamed("s0").up);
  host().Run(seconds(20));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
}

TEST_F(AttachLinks, OnARigThatIsRightNothingChanges) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  const auto before = host().netlink().Links().value();
  host().BeginAgain();
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_EQ(host().At(1).state, LinkState::kAttached);
  EXPECT_EQ(host().netlink().Links().value(), before);
  EXPECT_THAT(host().Changes(), ElementsAre("pin s0", "pin s1")) << "pins cannot be seen";
}

TEST_F(AttachLinks, BoardsThatChangedPlacesChangeTheirNames) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  spec::ClusterSpec swapped = host().spec();
  std::swap(swapped.nodes[0].usb, swapped.nodes[1].usb);
  host().BeginWith(swapped);
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed("s0").usb, swapped.nodes[0].usb);
  EXPECT_EQ(host().LinkNamed("s1").usb, swapped.nodes[1].usb);
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
  EXPECT_EQ(host().At(1).state, LinkState::kAttached);
}

TEST_F(AttachLinks, ANameThatAnotherLinkHasIsARefusalThatSaysWhose) {
  Begin();
  host().network().Add({.name = "s0", .mac = Random(), .mtu = 1500});
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  EXPECT_EQ(host().At(0).state, LinkState::kRefused);
  EXPECT_THAT(host().At(0).reason, HasSubstr("another link of this host is called s0 already"));
  host().network().Unplug("s0");
  host().Run(seconds(20));
  EXPECT_EQ(host().At(0).state, LinkState::kAttached);
}

TEST_F(AttachLinks, ALinkAtAForeignPortInTheBridgeIsNamedAndNotTouched) {
  Begin();
  const std::string link = host().network().PlugUsb(
      {.port = *PortPath::Parse("1-1.7"), .driver = UsbDriver::kCdcSubset, .mac = Random()});
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed(link).master, "") << "an unknown port is never attached";
  EXPECT_THAT(host().links().Warnings(), IsEmpty());
  ASSERT_TRUE(host().netlink().SetLink(link, {.master = "san"}));
  host().Run(seconds(1));
  EXPECT_THAT(host().links().Warnings(),
              ElementsAre(HasSubstr(link + " at port 1-1.7 is in the bridge san and no node's")));
  EXPECT_EQ(host().LinkNamed(link).master, "san");
}

TEST_F(AttachLinks, ABridgeThatSomebodyDeletedIsMadeAnewWithItsPorts) {
  Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  ASSERT_TRUE(host().netlink().SetLink("s0", {.master = ""}));
  host().network().Unplug("san");
  host().Run(seconds(1));
  EXPECT_EQ(host().LinkNamed("san").mac, host().spec().bridge.mac);
  EXPECT_EQ(host().LinkNamed("s0").master, "san");
  EXPECT_TRUE(host().Answers(node(0)));
}

TEST_F(AttachLinks, ALinkThatHasTheBridgesNameIsAnErrorAtTheStart) {
  host_.emplace(kCapsMtu, Cluster(spec::Mode::kNative));
  host().network().Add({.name = "san", .mac = Random(), .mtu = 1500});
  const auto begun = host().links().Begin();
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, ErrorKind::kExists);
  EXPECT_THAT(begun.error().message, HasSubstr("set up the bridge san: "));
}

TEST_F(AttachLinks, ATreeOfFilesHasNoLinks) {
  sim::World tree({.root = "/mnt"});
  tree.scene().MakeDirectory("/mnt");
  engine::Links links(tree.system(), Cluster(spec::Mode::kNative));
  EXPECT_EQ(links.Begin().error().kind, ErrorKind::kNotSupported);
}

TEST_F(AttachLinks, NodesAreIsolatedFromEachOtherWhereTheSpecSaysSoAndOnlyThere) {
  spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  host_.emplace(kCapsMtu, spec);
  host().Begin();
  host().Plug(node(0), UsbDriver::kCdcSubset, Random());
  host().Plug(node(1), UsbDriver::kCdcSubset, Random());
  host().Run(seconds(1));
  EXPECT_FALSE(host().LinkNamed("s0").isolated);
  spec.bridge.isolate = true;
  host().BeginWith(spec);
  host().Run(seconds(1));
  EXPECT_TRUE(host().LinkNamed("s0").isolated);
  EXPECT_TRUE(host().LinkNamed("s1").isolated);
  EXPECT_TRUE(host().Answers(node(0)));
  spec.bridge.isolate = false;
  host().BeginWith(spec);
  host().Run(seconds(1));
  EXPECT_FALSE(host().LinkNamed("s0").isolated);
}

TEST_F(AttachLinks, InTheCompatibleModeTheMacFindsTheNodeAndNothingIsPinned) {
  host_.emplace(kCapsNoMtu, Cluster(spec::Mode::kCompatible));
  host().Begin();
  host().network().PlugUsb({.port = *PortPath::Parse("1-1.2"), .mac = node(2).host_mac});
  host().Run(seconds(1));
  EXPECT_EQ(host().At(2).state, LinkState::kAttached);
  EXPECT_EQ(host().LinkNamed("s2").master, "san");
  EXPECT_THAT(host().Changes(), Not(Contains(HasSubstr("pin"))));
}

}  // namespace
}  // namespace zprov::scenario
