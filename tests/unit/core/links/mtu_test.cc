// Which MTU the bridge and its ports run with, and what a link or the bridge lacks: from values to
// values. Together with a kernel: tests/scenario/links_mtu_test.cc.
#include "core/links/mtu.h"

#include <gmock/gmock.h>

#include "core/links/changes.h"
#include "core/spec/format.h"

namespace zprov::links::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

WantedNetwork Wanted() {
  spec::ClusterSpec spec = spec::ProcedureSpec(2, spec::Mode::kNative).value();
  spec.nodes[0].usb = PortPath{1, {1, 2}};
  spec.nodes[1].usb = PortPath{1, {1, 3}};
  return WantedBy(spec);
}

Link Bridge(uint32_t mtu) {
  return {.index = 2,
          .name = "san",
          .mac = *Wanted().bridge_mac,
          .mtu = mtu,
          .kind = "bridge",
          .up = true};
}

// The gadget on the port of node `i`, as the kernel first shows it.
Link Gadget(int i, uint32_t max_mtu) {
  return {.index = 10 + i,
          .name = "usb" + std::to_string(i),
          .mtu = 1500,
          .max_mtu = max_mtu,
          .usb = Wanted().links[static_cast<size_t>(i)].usb};
}

Link Attached(int i, uint32_t mtu) {
  Link link = Gadget(i, 65535);
  link.mtu = mtu;
  link.master = "san";
  link.up = true;
  return link;
}

TEST(ChooseMtu, IsTheSpecsWhenEveryLinkCanCarryIt) {
  EXPECT_EQ(ChooseMtu(Wanted(), {{Gadget(0, 65535), Gadget(1, 0)}}), (CommonMtu{7418, ""}));
  EXPECT_EQ(ChooseMtu(Wanted(), {{}}), (CommonMtu{7418, ""}));
}

TEST(ChooseMtu, Is1500ForAllWhenOneCannot) {
  const CommonMtu common = ChooseMtu(Wanted(), {{Gadget(0, 65535), Gadget(1, 1500)}});
  EXPECT_EQ(common.mtu, 1500u);
  EXPECT_THAT(common.warning, HasSubstr("at most 1500 on usb1 (node s1), not 7418"));
}

TEST(ChooseMtu, ChangesNothingUnderNodesThatRun) {
  const std::vector<Link> jumbo = {Bridge(7418), Attached(0, 7418), Gadget(1, 1500)};
  EXPECT_EQ(ChooseMtu(Wanted(), {jumbo}), (CommonMtu{7418, ""}));
  EXPECT_THAT(WhyNot({jumbo}, jumbo[2], 7418), HasSubstr("allows 0 to 1500 here"));
  EXPECT_EQ(WhyNot({jumbo}, jumbo[1], 7418), "");
  const std::vector<Link> plain = {Bridge(1500), Attached(0, 1500)};
  EXPECT_EQ(ChooseMtu(Wanted(), {plain}).mtu, 1500u);
  EXPECT_THAT(ChooseMtu(Wanted(), {plain}).warning, HasSubstr("halt all nodes together"));
}

TEST(ChooseMtu, GoesBackToTheSpecWhereTheLinksDisagree) {
  EXPECT_EQ(ChooseMtu(Wanted(), {{Bridge(1500), Attached(0, 1500), Attached(1, 7418)}}).mtu, 7418u);
}

TEST(ChooseMtu, BelievesALinkThatRefusedRatherThanItsLimits) {
  const std::vector<Link> links = {Gadget(0, 65535)};
  const CommonMtu common = ChooseMtu(Wanted(), {links, {10}});
  EXPECT_EQ(common.mtu, 1500u);
  EXPECT_THAT(common.warning, HasSubstr("the kernel refuses an MTU of 7418 on usb0 (node s0)"));
  EXPECT_EQ(WhyNot({links, {10}}, links[0], 1500), "");
  EXPECT_NE(WhyNot({links, {10}}, links[0], 7418), "");
}

TEST(ChooseMtu, NeverGoesBelowAnMtuThatIsPlainAlready) {
  WantedNetwork small = Wanted();
  small.mtu = 1400;
  const std::vector<Link> links = {Gadget(0, 1300)};
  EXPECT_EQ(ChooseMtu(small, {links}), (CommonMtu{1400, ""}));
  EXPECT_NE(WhyNot({links}, links[0], 1400), "");
}

TEST(ChangeOf, ALinkThatLacksOneThingGetsTheWholeChange) {
  const WantedLink node = Wanted().links[0];
  Link right = Attached(0, 7418);
  right.name = "s0";
  right.mac = node.host_mac;
  EXPECT_EQ(ChangeOf(AskedLink{right, node}, Wanted(), 7418), std::nullopt);
  for (const auto spoil : std::vector<void (*)(Link&)>{
           [](Link& link) { link.name = "usb0"; }, [](Link& link) { link.mac = {}; },
           [](Link& link) { link.mtu = 1500; }, [](Link& link) { link.master = "lan"; },
           [](Link& link) { link.isolated = true; }, [](Link& link) { link.up = false; }}) {
    Link wrong = right;
    spoil(wrong);
    EXPECT_EQ(ChangeOf(AskedLink{wrong, node}, Wanted(), 7418),
              (SetUpLink{wrong.name, "s0", node.host_mac, 7418u, "san", false}));
  }
}

TEST(ChangeOf, ABridgeThatLacksOneThingGetsTheWholeChange) {
  const WantedNetwork wanted = Wanted();
  const Link right = Bridge(7418);
  EXPECT_EQ(ChangeOf(SeenBridge{&right, {wanted.address}}, wanted, 7418), std::nullopt);
  const SetUpBridge whole{"san", wanted.bridge_mac, 7418u, wanted.address};
  EXPECT_EQ(ChangeOf(SeenBridge{&right, {}}, wanted, 7418), whole);
  EXPECT_EQ(ChangeOf(SeenBridge{}, wanted, 7418), whole);
  const Link small = Bridge(1500);
  EXPECT_EQ(ChangeOf(SeenBridge{&small, {wanted.address}}, wanted, 7418), whole);
}

TEST(StrayPorts, NamesUsbLinksInTheBridgeThatAreNoNodes) {
  Link stray = Attached(0, 1500);
  stray.name = "usb3";
  stray.usb = PortPath{1, {1, 7}};
  Link card = stray;
  card.name = "eth1";
  card.usb.reset();
  EXPECT_THAT(StrayPorts(Wanted(), {Bridge(1500), Attached(0, 1500), stray, card}),
              ElementsAre(HasSubstr("usb3 at port 1-1.7 is in the bridge san")));
}

}  // namespace
}  // namespace zprov::links::tests
