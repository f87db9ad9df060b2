// What Diff says about the bridge and the gadget links that are plugged in.
#include <gmock/gmock.h>

#include "unit/core/plan/hosts.h"

namespace zprov::plan::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A gadget on the port of the native cluster's s0, as the kernel first shows it.
Link Gadget() {
  return {.index = 7,
          .name = "usb0",
          .mac = *Mac::Parse("a6:11:22:33:44:55"),
          .mtu = 1500,
          .max_mtu = 15412,
          .usb = PortPath{1, {1, 3, 1}}};
}

Observed With(const Link& link) {
  Observed host = BareHost();
  host.links->links = {link};
  return host;
}

TEST(DiffNetwork, GivesTheGadgetOnANodesPortItsNameMacMtuAndBridge) {
  const Plan plan = Diff(Wanted(spec::Mode::kNative), With(Gadget()), {});
  ASSERT_NE(Find<SetUpLink>(plan), std::nullopt);
  EXPECT_EQ(*Find<SetUpLink>(plan),
            (SetUpLink{"usb0", "s0", *Mac::Parse("02:34:33:3c:50:22"), 7418u, "san", false}));
}

TEST(DiffNetwork, PinsTheBridgesMacAndMtuNatively) {
  const auto bridge = Find<SetUpBridge>(Diff(Wanted(spec::Mode::kNative), BareHost(), {}));
  ASSERT_NE(bridge, std::nullopt);
  EXPECT_EQ(bridge->mac, Mac::Parse("02:34:33:3c:50:03"));
  EXPECT_EQ(bridge->mtu, 7418u);
  EXPECT_EQ(bridge->address, InterfaceAddress::Parse("192.168.7.2/24"));
}

TEST(DiffNetwork, LeavesTheBridgeUnpinnedAsTheProcedureDoes) {
  const auto bridge = Find<SetUpBridge>(Diff(Wanted(spec::Mode::kCompatible), BareHost(), {}));
  ASSERT_NE(bridge, std::nullopt);
  EXPECT_EQ(bridge->mac, std::nullopt);
  EXPECT_EQ(bridge->mtu, std::nullopt);
}

TEST(DiffNetwork, FindsANodeWithoutAPortByItsMac) {
  Link link = Gadget();
  link.mac = *Mac::Parse("02:34:33:3c:50:26");
  const Plan plan = Diff(Wanted(spec::Mode::kCompatible), With(link), {});
  ASSERT_NE(Find<SetUpLink>(plan), std::nullopt);
  EXPECT_EQ(Find<SetUpLink>(plan)->name, "s1");
}

TEST(DiffNetwork, NeverTakesALinkThatIsNoUsbGadget) {
  Link card = Gadget();
  card.name = "eth0";
  card.mac = *Mac::Parse("02:34:33:3c:50:26");
  card.usb.reset();
  EXPECT_EQ(Find<SetUpLink>(Diff(Wanted(spec::Mode::kCompatible), With(card), {})), std::nullopt);
}

TEST(DiffNetwork, RunsEverybodyWith1500WhenOneLinkCannotCarryMore) {
  Link capped = Gadget();
  capped.max_mtu = 1500;
  Observed host = With(capped);
  Link free = Gadget();
  free.name = "usb1";
  free.usb = PortPath{1, {1, 3, 2}};
  host.links->links.push_back(free);
  const Plan plan = Diff(Wanted(spec::Mode::kNative), host, {});
  EXPECT_EQ(Find<SetUpBridge>(plan)->mtu, 1500u);
  for (const Step& step : plan.steps) {
    const auto* link = std::get_if<SetUpLink>(&step.action);
    if (link != nullptr) {
      EXPECT_EQ(link->mtu, 1500u) << link->name;
    }
  }
  EXPECT_THAT(plan.notes, Contains(HasSubstr("at most 1500 on usb0 (node s0)")));
}

TEST(DiffNetwork, RefusesABridgeNameThatAnotherLinkHas) {
  Link other = Gadget();
  other.name = "san";
  other.usb.reset();
  EXPECT_THAT(Diff(Wanted(spec::Mode::kNative), With(other), {}).refusals,
              ElementsAre(HasSubstr("san is a link of this host and no bridge")));
}

TEST(DiffNetwork, PutsALinkBackThatLeftTheBridge) {
  const Desired wanted = Wanted(spec::Mode::kNative);
  Observed host = After(With(Gadget()), Diff(wanted, With(Gadget()), {}));
  for (Link& link : host.links->links) {
    if (link.name == "s0") link.master = "";
  }
  const Plan plan = Diff(wanted, host, {});
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(Find<SetUpLink>(plan)->master, "san");
}

}  // namespace
}  // namespace zprov::plan::tests
