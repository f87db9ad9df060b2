// One MTU per bridge, on kernels that allow jumbo frames and on kernels that do not; and links that
// leave, or calls that fail, at any moment of an attach.
#include <gmock/gmock.h>

#include "scenario/attached.h"
#include "scenario/rig.h"

namespace zprov::scenario {
namespace {

using engine::LinkState;
using sim::UsbDriver;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Mac kRandom = *Mac::Parse("a6:11:22:33:44:55");

spec::ClusterSpec Native() { return Cluster(spec::Mode::kNative); }

void ExpectMtu(AttachedHost& host, std::initializer_list<size_t> nodes, uint32_t mtu) {
  EXPECT_EQ(host.links().mtu(), mtu);
  EXPECT_EQ(host.LinkNamed("san").mtu, mtu);
  for (const size_t node : nodes) {
    const std::string& name = host.spec().nodes[node].name;
    EXPECT_EQ(host.LinkNamed(name).mtu, mtu) << name;
    EXPECT_EQ(host.LinkNamed(name).master, "san") << name;
    EXPECT_EQ(host.At(node), (engine::LinkView{LinkState::kAttached, "", mtu})) << name;
  }
}

TEST(LinksMtu, AnOlderKernelCarriesJumboFramesOverCdcEther) {
  AttachedHost host(kCapsNoMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcEther, kRandom);
  host.Run(seconds(1));
  ExpectMtu(host, {0}, 7418);
  EXPECT_THAT(host.links().Warnings(), IsEmpty());
}

TEST(LinksMtu, ANewerKernelRunsEverybodyWith1500AndNamesTheWayOut) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcEther, kRandom);
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  ExpectMtu(host, {0, 1}, 1500);
  EXPECT_THAT(host.links().Warnings(),
              ElementsAre(testing::AllOf(HasSubstr("at most 1500 on"), HasSubstr("(node s0)"),
                                         HasSubstr("gadget is `geth`"), HasSubstr("6.1.162"))));
}

TEST(LinksMtu, AnMtuThatTheDriverCannotFrameFallsBackToo) {
  spec::ClusterSpec spec = Native();
  spec.bridge.mtu = 512 * 8 - 14;  // a frame that ends exactly with a packet
  AttachedHost host(kCapsMtu, spec);
  host.Begin();
  host.Plug(spec.nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  ExpectMtu(host, {0}, 1500);
  EXPECT_THAT(host.links().Warnings(), ElementsAre(HasSubstr("names an mtu that the link's")));
}

TEST(LinksMtu, ANodeThatCannotCarryWhatOthersRunWithWaitsOutside) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcEther, kRandom);
  host.Run(seconds(30));
  ExpectMtu(host, {0}, 7418);
  EXPECT_EQ(host.At(1).state, LinkState::kRefused);
  EXPECT_THAT(host.At(1).reason, HasSubstr("the bridge runs with an MTU of 7418"));
  EXPECT_THAT(host.At(1).reason, HasSubstr("geth"));
  const auto links = host.netlink().Links().value();
  EXPECT_EQ(std::count_if(links.begin(), links.end(),
                          [](const Link& link) { return link.master == "san"; }),
            1);
}

TEST(LinksMtu, ItIsTakenInWhenTheOthersHaveLeft) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcEther, kRandom);
  host.Run(seconds(1));
  host.network().Unplug("s0");
  host.Run(seconds(1));
  ExpectMtu(host, {1}, 1500);
}

TEST(LinksMtu, OneThatWasInTheBridgeWithASmallerMtuIsTakenOut) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  const std::string link = host.Plug(host.spec().nodes[1], UsbDriver::kCdcEther, kRandom);
  ASSERT_TRUE(host.netlink().SetLink(link, {.master = "san", .up = true}));
  host.Run(seconds(1));
  EXPECT_EQ(host.LinkNamed(link).master, "");
  EXPECT_FALSE(host.LinkNamed(link).up);
  ExpectMtu(host, {0}, 7418);
}

TEST(LinksMtu, ARigThatRunsWith1500KeepsItAcrossARestartUntilAllNodesAreOff) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcEther, kRandom);
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  host.network().Unplug("s0");  // the one that could not
  host.Run(seconds(1));
  host.BeginAgain();
  host.Run(seconds(1));
  ExpectMtu(host, {1}, 1500);
  EXPECT_THAT(host.links().Warnings(), ElementsAre(HasSubstr("halt all nodes together")));
  host.network().Unplug("s1");
  host.Run(seconds(1));
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  ExpectMtu(host, {1}, 7418);
}

TEST(LinksMtu, WhoeverTakesARunningLinkDownDoesNotChangeTheMtuUnderIt) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  host.Plug(host.spec().nodes[1], UsbDriver::kCdcEther, kRandom);
  host.Run(seconds(1));
  ASSERT_TRUE(host.netlink().SetLink("s0", {.master = "", .up = false}));
  host.Run(seconds(1));
  ExpectMtu(host, {0}, 7418);
  EXPECT_EQ(host.At(1).state, LinkState::kRefused);
}

// How many calls it takes to attach one node.
uint64_t CallsOfAnAttach() {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  const uint64_t before = host.seam().calls();
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(1));
  return host.seam().calls() - before;
}

TEST(LinksAtAnyMoment, ALinkThatLeavesIsForgottenAndItsReturnIsAttached) {
  const uint64_t calls = CallsOfAnAttach();
  ASSERT_GT(calls, 5u);
  for (uint64_t at = 1; at <= calls; ++at) {
    SCOPED_TRACE("unplugged before call " + std::to_string(at));
    AttachedHost host(kCapsMtu, Native());
    host.Begin();
    const spec::Node& node = host.spec().nodes[0];
    const uint64_t from = host.seam().calls();
    host.seam().BeforeEach([&](uint64_t call, faults::Touch) {
      if (call != from + at) return;
      const auto links = host.netlink().Links().value();
      for (const Link& link : links) {
        if (link.usb) host.network().Unplug(link.name);
      }
    });
    host.Plug(node, UsbDriver::kCdcSubset, kRandom);
    host.Run(seconds(1));
    EXPECT_EQ(host.At(0).state, LinkState::kAbsent);
    host.Plug(node, UsbDriver::kCdcSubset, kRandom);
    host.Run(seconds(1));
    EXPECT_EQ(host.At(0).state, LinkState::kAttached);
    EXPECT_TRUE(host.Answers(node));
  }
}

TEST(LinksAtAnyMoment, ACallThatFailsIsMadeAgainByItself) {
  const uint64_t calls = CallsOfAnAttach();
  for (uint64_t at = 1; at <= calls; ++at) {
    for (const ErrorKind kind : {ErrorKind::kIo, ErrorKind::kPermission, ErrorKind::kNotFound}) {
      SCOPED_TRACE(std::string(Name(kind)) + " at call " + std::to_string(at));
      AttachedHost host(kCapsMtu, Native());
      host.Begin();
      host.seam().FailAt(host.seam().calls() + at, kind);
      host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
      host.Run(seconds(30));
      EXPECT_EQ(host.At(0).state, LinkState::kAttached);
      EXPECT_TRUE(host.Answers(host.spec().nodes[0]));
      EXPECT_THAT(host.links().Warnings(), IsEmpty());
    }
  }
}

TEST(LinksAtAnyMoment, WithoutTheRightItSaysSoAndKeepsTrying) {
  AttachedHost host(kCapsMtu, Native());
  host.Begin();
  host.seam().FailAt(host.seam().calls() + 1, ErrorKind::kPermission, faults::Repeat::kFromThenOn);
  host.Plug(host.spec().nodes[0], UsbDriver::kCdcSubset, kRandom);
  host.Run(seconds(30));
  EXPECT_THAT(host.links().Warnings(), ElementsAre(HasSubstr("look at the links: ")));
  host.seam().Heal();
  host.Run(seconds(30));
  EXPECT_EQ(host.At(0).state, LinkState::kAttached);
}

}  // namespace
}  // namespace zprov::scenario
