// Compatibly a node mounts what /x/s0 leads to when it mounts, which need not be the generation
// that its boot files came from.
#include <gtest/gtest.h>

#include <functional>

#include "core/generations/layout.h"
#include "engine/fleet/fleet.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "sim/zero/zero.h"

namespace zprov::scenario {
namespace {

spec::ClusterSpec OneNode() {
  spec::ClusterSpec spec = Cluster(spec::Mode::kCompatible);
  spec.nodes.resize(1);
  spec.nodes[0].usb = Cluster(spec::Mode::kNative).nodes[0].usb;
  return spec;
}

void RunUntil(sim::World& world, engine::Fleet& fleet, const std::function<bool()>& is_over) {
  const os::Moment end = world.clock().Now() + std::chrono::seconds(120);
  while (!is_over() && world.clock().Now() < end) {
    const auto event = world.system().events.Next(std::min(fleet.NextDeadline(), end));
    ASSERT_TRUE(event);
    fleet.On(*event);
  }
}

// As another process does it.
void MoveTo(sim::World& world, int generation) {
  ASSERT_TRUE(world.system().files.ReplaceSymlink("/x/.zprov/current/s0",
                                                  generations::PointerText(generation, "s0")));
  ASSERT_EQ(world.nfs().Exportfs({"exportfs", "-ra"}).exit_code, 0);
}

// Its port is empty then, as of a node that is off; and what it mounts is what its name leads to.
TEST(CompatibleFleet, HearsANodeThatWasMovedWhileLinuxStarted) {
  sim::World world;
  const spec::ClusterSpec spec = OneNode();
  sim::Rig(world);
  for (const spec::Node& node : Cluster(spec::Mode::kNative).nodes) {
    world.usb().Unplug(*node.usb);
  }
  ASSERT_TRUE(Apply(world.system(), spec));
  ASSERT_TRUE(Update(world.system(), spec));
  ASSERT_TRUE(Rollback(world.system(), spec));
  const auto zero = sim::zero::PlugZero(world, {.port = *spec.nodes[0].usb});
  engine::Fleet fleet(world.system(), spec);
  ASSERT_TRUE(fleet.Begin());
  RunUntil(world, fleet, [&] { return zero->stage() == sim::zero::Stage::kKernel; });
  ASSERT_EQ(zero->stage(), sim::zero::Stage::kKernel);
  MoveTo(world, 2);
  const auto is_healthy = [&] {
    return fleet.Views().front().state == engine::NodeState::kHealthy;
  };
  RunUntil(world, fleet, is_healthy);
  EXPECT_TRUE(is_healthy()) << fleet.Views().front().cause;
  EXPECT_EQ(fleet.Views().front().generation, 2);
}

}  // namespace
}  // namespace zprov::scenario
