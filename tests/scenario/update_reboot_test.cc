// update --reboot beside a serve: natively node by node, compatibly with all of them held in their
// boot ROM while the pointers move.
#include "engine/update_reboot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/serve/serve.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "support/beside_serve.h"

namespace zprov::scenario {
namespace {

using engine::NodeOrdered;
using engine::NodeState;
using sim::zero::Stage;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The rig with five Zeros that a serve has booted, and something new on the host since.
class UpdateReboot : public testing::Test {
 protected:
  void Start(spec::Mode mode, const sim::TroublesByPort& troubles = {}) {
    spec_ = Cluster(spec::Mode::kNative);  // with ports
    spec_.mode = mode;
    spec_.boot_server = spec::BootServer::kZprov;
    zeros_ = sim::RigWithZeros(world_, troubles);
    ASSERT_TRUE(Apply(world_.system(), spec_));
    auto server = engine::Server::Begin(world_.system(), spec_,
                                        {.holder = "serve",
                                         .read_spec = {},
                                         .on_notices = [](const auto&) {},
                                         .on_trouble = [](const auto&) {}});
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    beside_ = std::make_unique<tests::BesideServe>(
        world_.system(), tests::ServeEnd{[this](const os::Event& event) { server_->On(event); },
                                         [this] { return server_->NextDeadline(); }});
    LetPass(minutes(2));
    for (const engine::NodeView& view : server_->service().Views()) {
      ASSERT_EQ(view.state, NodeState::kHealthy) << view.node << ": " << view.cause;
    }
    world_.Put("/usr/local/bin/blink", "a program\n", 0755);
  }

  void LetPass(std::chrono::nanoseconds time) {
    ASSERT_TRUE(beside_->system().events.Next(world_.clock().Now() + time));
  }

  Result<engine::Renewed> Renew(
      engine::UpdateRequest request = {}, const engine::OnNotice& on_notice = [](const auto&) {}) {
    request.holder = "a test";
    const engine::OnSnapshotNews on_snapshot = [](const engine::Snapshot&) {};
    return engine::UpdateAndReboot(beside_->system(), spec_, request, {on_notice, on_snapshot});
  }

  std::vector<int> Boots() const {
    std::vector<int> boots;
    for (const auto& zero : zeros_) boots.push_back(zero->boots());
    return boots;
  }

  sim::World world_;
  spec::ClusterSpec spec_;
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros_;
  std::unique_ptr<engine::Server> server_;
  std::unique_ptr<tests::BesideServe> beside_;
};

TEST_F(UpdateReboot, NativelyLeavesEachNodeHealthyOnTheNewGeneration) {
  Start(spec::Mode::kNative);
  const auto renewed = Renew();
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->updated.number, 2);
  EXPECT_THAT(renewed->rebooted, SizeIs(5));
  EXPECT_THAT(renewed->rebooted, Each(Field(&NodeOrdered::how, NodeOrdered::How::kDone)));
  EXPECT_EQ(Boots(), (std::vector<int>{2, 2, 2, 2, 2}));
  for (const engine::NodeView& view : server_->service().Views()) {
    EXPECT_EQ(view.state, NodeState::kHealthy) << view.node;
    EXPECT_EQ(view.generation, 2) << view.node;
  }
}

TEST_F(UpdateReboot, NativelyRebootsOnlyWhoWasNamed) {
  Start(spec::Mode::kNative);
  const auto renewed = Renew({.nodes = {"s1", "s3"}});
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(Boots(), (std::vector<int>{1, 2, 1, 2, 1}));
}

TEST_F(UpdateReboot, RebootsNobodyWhoIsOff) {
  Start(spec::Mode::kNative);
  for (const auto& node : spec_.nodes) world_.usb().Unplug(*node.usb);
  LetPass(minutes(1));
  const auto renewed = Renew();
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->updated.number, 2);
  EXPECT_THAT(renewed->rebooted, IsEmpty());
}

TEST_F(UpdateReboot, NativelySaysThatTheGenerationIsMadeWhenServeEndsMeanwhile) {
  Start(spec::Mode::kNative);
  const auto renewed =
      Renew({}, [this](const engine::Notice&) { world_.control().ListenerDies(); });
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->updated.number, 2);
  EXPECT_THAT(renewed->trouble, Not(IsEmpty()));
  EXPECT_THAT(renewed->rebooted, IsEmpty());
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:2 s2:2 s3:2 s4:2");
}

TEST_F(UpdateReboot, NativelyMakesNoGenerationWhenNobodyHereCanRebootNodes) {
  Start(spec::Mode::kNative);
  world_.control().ListenerDies();  // and the dead one's lock is still held, as by another zprov
  const auto refused = Renew();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("has the ports"));
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
}

TEST_F(UpdateReboot, CompatiblyMovesThePointersWhileAllWaitInTheirBootRom) {
  Start(spec::Mode::kCompatible);
  const auto renewed = Renew();
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->updated.number, 2);
  EXPECT_THAT(renewed->updated.at_next_boot, IsEmpty());
  EXPECT_THAT(renewed->rebooted, SizeIs(5));
  for (const NodeOrdered& node : renewed->rebooted) {
    EXPECT_EQ(node.how, NodeOrdered::How::kDone) << node.view.node << ": " << node.view.cause;
  }
  EXPECT_EQ(Boots(), (std::vector<int>{2, 2, 2, 2, 2}));
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:2 s2:2 s3:2 s4:2");
}

// A node that has just lost its host asks for its root again only after up to two minutes.
TEST_F(UpdateReboot, CompatiblyWaitsForANodeThatDoesNotHearItYet) {
  Start(spec::Mode::kCompatible);
  const spec::Node& deaf = spec_.nodes[1];
  const auto lead_to = [&](const std::string& link) {
    ASSERT_TRUE(world_.system().live->netlink.Pin(link, deaf.node_mac, deaf.address));
  };
  lead_to("s0");
  world_.queue().After(seconds(140), [&] { lead_to("s1"); });
  const auto renewed = Renew();
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(Boots(), (std::vector<int>{2, 2, 2, 2, 2}));
}

TEST_F(UpdateReboot, CompatiblyChangesNothingWhenANodeDoesNotComeToItsBootRom) {
  Start(spec::Mode::kCompatible, {{"1-1.3", {{sim::zero::Fault::kIgnoresOrders}}}});
  const auto refused = Renew();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("s1 ("));
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  LetPass(minutes(3));  // the hold is over: the others boot again
  EXPECT_EQ(Boots(), (std::vector<int>{2, 1, 2, 2, 2}));
  for (const auto& zero : zeros_) EXPECT_EQ(zero->stage(), Stage::kHealthy);
}

}  // namespace
}  // namespace zprov::scenario
