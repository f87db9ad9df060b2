// Is a node down? What the port, the link and a probe say.
#include "engine/liveness.h"

#include <gmock/gmock.h>

#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using engine::Life;
using ::testing::HasSubstr;

class Liveness : public ::testing::Test {
 protected:
  Liveness() {
    sim::Rig(world_);
    os::Netlink& netlink = world_.system().live->netlink;
    EXPECT_TRUE(netlink.EnsureBridge("san", {}));
    EXPECT_TRUE(netlink.AddAddress("san", spec_.bridge.address));
  }

  engine::NodeLife LifeOf(const std::string& node, std::set<std::string> assume_down = {}) {
    const auto lives = engine::ObserveLives(world_.system(), spec_, assume_down);
    EXPECT_TRUE(lives) << lives.error().message;
    return lives->at(node);
  }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
};

TEST_F(Liveness, ABoardInItsBootRomIsDown) {
  EXPECT_EQ(LifeOf("s0").life, Life::kDown);
  EXPECT_THAT(LifeOf("s0").evidence, HasSubstr("port 1-1.2 shows the boot ROM"));
}

TEST_F(Liveness, AnEmptyPortIsDown) {
  world_.usb().Unplug(*spec_.nodes[0].usb);
  EXPECT_EQ(LifeOf("s0"), (engine::NodeLife{Life::kDown, "port 1-1.2 is empty"}));
}

TEST_F(Liveness, AnyLaterStageOfBootingIsUp) {
  world_.usb().Plug({*spec_.nodes[0].usb, 0x0a5c, 0x2764, 1, 0});
  EXPECT_EQ(LifeOf("s0").life, Life::kBooting);
  world_.usb().Plug({*spec_.nodes[1].usb, 0x0a5c, 0x2763, 1, 0});
  EXPECT_EQ(LifeOf("s1").life, Life::kBooting) << "the serial index tells the second stage";
}

TEST_F(Liveness, ALinkThatAnswersIsUpAndOneThatDoesNotIsHung) {
  BootNode(world_, spec_.nodes[0], Answers::kYes);
  BootNode(world_, spec_.nodes[1], Answers::kNo);
  EXPECT_EQ(LifeOf("s0").life, Life::kUp);
  EXPECT_EQ(LifeOf("s1").life, Life::kHung);
  EXPECT_EQ(LifeOf("s2").life, Life::kDown);
}

TEST_F(Liveness, AnUnreadableBusLeavesANodeWithoutLinkUnknown) {
  world_.usb().DropRights();
  EXPECT_EQ(LifeOf("s0").life, Life::kUnknown);
}

TEST_F(Liveness, TheOperatorsWordIsTaken) {
  BootNode(world_, spec_.nodes[0], Answers::kNo);
  EXPECT_EQ(LifeOf("s0", {"s0"}).life, Life::kDown);
}

TEST_F(Liveness, ANodeWithoutAPortIsDownOnlyWhileNoBoardBoots) {
  spec_.nodes[0].usb.reset();
  EXPECT_EQ(LifeOf("s0").life, Life::kDown);
  world_.usb().Plug({*PortPath::Parse("1-1.3"), 0x0a5c, 0x2764, 1, 0});
  EXPECT_EQ(LifeOf("s0").life, Life::kUnknown);
}

TEST(LivenessOfATree, NothingRunsInATreeOfFiles) {
  sim::World world({.root = "/mnt"});
  world.scene().MakeDirectory("/mnt");
  const auto lives = engine::ObserveLives(world.system(), Cluster(spec::Mode::kNative), {});
  ASSERT_TRUE(lives) << lives.error().message;
  EXPECT_EQ(lives->at("s0").life, Life::kDown);
}

}  // namespace
}  // namespace zprov::scenario
