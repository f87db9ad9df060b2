// The fleet with the simulator's Zeros: their order, their times, their links, from power to a node
// that reports.
#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/generations/layout.h"
#include "engine/fleet/fleet.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "sim/zero/zero.h"

namespace zprov::scenario {
namespace {

using engine::NodeState;
using sim::zero::Stage;
using std::chrono::seconds;

// The rig after apply, with Zeros from sim/zero, run for two minutes by the fleet.
enum class Reporter { kInTheirRoots, kNowhere };

struct Booted {
  explicit Booted(std::map<size_t, std::vector<sim::zero::Trouble>> troubles = {},
                  uint64_t seed = 1, Reporter reporter = Reporter::kInTheirRoots)
      : world({.seed = seed}), spec(Cluster(spec::Mode::kNative)) {
    sim::Rig(world);
    for (const spec::Node& node : spec.nodes) world.usb().Unplug(*node.usb);
    EXPECT_TRUE(Apply(world.system(), spec));
    if (reporter == Reporter::kNowhere) RemoveReporters();
    for (size_t i = 0; i < spec.nodes.size(); ++i) {
      zeros.push_back(sim::zero::PlugZero(
          world, {.port = *spec.nodes[i].usb, .troubles = std::move(troubles[i])}));
    }
    engine::Fleet fleet(world.system(), spec);
    EXPECT_TRUE(fleet.Begin());
    const os::Moment end = world.clock().Now() + seconds(120);
    while (world.clock().Now() < end) {
      const auto event = world.system().events.Next(std::min(fleet.NextDeadline(), end));
      EXPECT_TRUE(event);
      fleet.On(*event);
    }
    notices = fleet.TakeNotices();
    views = fleet.Views();
  }

  // As in roots that a hand made.
  void RemoveReporters() {
    for (const spec::Node& node : spec.nodes) {
      world.scene().Remove(generations::RootOf(spec, 1, node.name) + "/usr/lib/zprov/zprov-node");
    }
  }

  sim::World world;
  spec::ClusterSpec spec;
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros;
  std::vector<engine::NodeNotice> notices;
  std::vector<engine::NodeView> views;
};

TEST(FleetOfZeros, BootsFiveUntilEachReportsThatItIsHealthy) {
  const Booted booted;
  for (size_t i = 0; i < booted.zeros.size(); ++i) {
    EXPECT_EQ(booted.views[i].state, NodeState::kHealthy) << i << ": " << booted.views[i].cause;
    EXPECT_EQ(booted.zeros[i]->stage(), Stage::kHealthy) << i;
  }
}

TEST(FleetOfZeros, CallsANodeUpThatAnswersFromARootWithoutZprovNode) {
  const Booted booted({}, 1, Reporter::kNowhere);
  for (const engine::NodeView& view : booted.views) {
    EXPECT_EQ(view.state, NodeState::kUp) << view.node << ": " << view.cause;
  }
}

TEST(FleetOfZeros, DoesNotTakeALinkForAMountedRoot) {
  const Booted booted({{2, {{sim::zero::Fault::kNoMount}}}});
  EXPECT_EQ(booted.views[2].state, NodeState::kLink);
  EXPECT_EQ(booted.zeros[2]->stage(), Stage::kGadget);
}

TEST(FleetOfZeros, BootsFourBesideOneThatIsSick) {
  for (const auto fault : {sim::zero::Fault::kRomDeaf, sim::zero::Fault::kNeverReturns,
                           sim::zero::Fault::kReturnsAsRom, sim::zero::Fault::kVanishesInBulk,
                           sim::zero::Fault::kNoGadget, sim::zero::Fault::kNoCarrier}) {
    Booted booted({{2, {{fault}}}});
    for (const size_t i : {0U, 1U, 3U, 4U}) {
      EXPECT_EQ(booted.views[i].state, NodeState::kHealthy) << i << ": " << booted.views[i].cause;
      EXPECT_EQ(booted.views[i].failures, 0) << i;
    }
    for (const spec::Node& node : booted.spec.nodes) {
      EXPECT_EQ(booted.world.usb().PowerCuts(*node.usb), 0) << node.name;
    }
  }
}

TEST(FleetOfZeros, TheSameSeedGivesTheSameTrace) {
  const Booted first({}, 7);
  const Booted second({}, 7);
  EXPECT_EQ(first.notices, second.notices);
  EXPECT_EQ(first.views, second.views);
}

}  // namespace
}  // namespace zprov::scenario
