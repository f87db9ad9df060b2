// What a serve that was started anew knows about nodes that run, and about those that boot.
#include <gmock/gmock.h>

#include "scenario/running_rig.h"

namespace zprov::scenario {
namespace {

using engine::NodeState;
using engine::NodeView;
using engine::Order;
using engine::OrderView;
using sim::zero::Fault;
using sim::zero::Stage;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Verb = engine::ControlRequest::Verb;

TEST(Restart, FindsEveryRunningNodeHealthyWithoutTouchingIt) {
  Running rig;
  std::vector<std::string> nonces;
  for (const NodeView& view : rig.Views()) nonces.push_back(view.nonce);
  rig.Kill();
  rig.Serve();
  rig.LetPass(seconds(5));
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(rig.Of(i).state, NodeState::kHealthy) << i << ": " << rig.Of(i).cause;
    EXPECT_EQ(rig.Of(i).nonce, nonces[i]);
    EXPECT_EQ(rig.Of(i).generation, 1);
    EXPECT_EQ(rig.zeros_[i]->boots(), 1);
  }
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
}

TEST(Restart, FindsANodeThatStillBootsAndSeesItBecomeHealthy) {
  ServeRig rig;
  rig.Serve();
  while (rig.Of(0).state != NodeState::kMounted) rig.LetPass(seconds(1));
  rig.Kill();
  rig.Serve();
  rig.LetPass(minutes(2));
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(rig.Of(i).state, NodeState::kHealthy) << i << ": " << rig.Of(i).cause;
  }
  EXPECT_EQ(rig.zeros_[0]->boots(), 1);
}

// The board has its command line, with the nonce of the serve that was killed.
TEST(Restart, GoesOnWithABootWhoseCommandLineIsOnTheBoardAlready) {
  ServeRig rig;
  rig.Serve();
  const auto is_asked = [&](const char* name) {
    return std::ranges::any_of(rig.Of(0).timeline,
                               [&](const auto& file) { return file.name == name; });
  };
  while (rig.Of(0).state != NodeState::kServing) rig.LetPass(milliseconds(1));
  while (!is_asked("kernel.img")) rig.LetPass(milliseconds(1));
  ASSERT_EQ(rig.Of(0).state, NodeState::kServing);
  const std::string nonce = rig.Of(0).nonce;
  rig.Kill();
  rig.Serve();
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(0).state, NodeState::kHealthy) << rig.Of(0).cause;
  EXPECT_EQ(rig.Of(0).nonce, nonce);
  EXPECT_EQ(rig.Of(0).failures, 0);
}

// What is in /run goes with the host's own boot.
void ForgetMarks(ServeRig& rig) {
  for (const spec::Node& node : rig.spec_.nodes) {
    rig.world_.scene().Remove("/run/zprov/boots/" + node.name);
  }
}

TEST(Restart, CallsANodeThatSomebodyElseBootedUpAndNoMore) {
  Running rig;
  rig.Kill();
  ForgetMarks(rig);
  rig.world_.scene().Remove("/x/.zprov/boots");
  rig.Serve();
  rig.LetPass(seconds(10));
  for (const NodeView& view : rig.Views()) EXPECT_EQ(view.state, NodeState::kUp) << view.cause;
}

TEST(Restart, KnowsTheNodesAgainThatRanThroughTheHostsOwnReboot) {
  Running rig;
  std::vector<std::string> nonces;
  for (const NodeView& view : rig.Views()) nonces.push_back(view.nonce);
  rig.Kill();
  ForgetMarks(rig);
  rig.Serve();
  rig.LetPass(seconds(10));
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(rig.Of(i).state, NodeState::kHealthy) << i << ": " << rig.Of(i).cause;
    EXPECT_EQ(rig.Of(i).nonce, nonces[i]);
    EXPECT_EQ(rig.zeros_[i]->boots(), 1);
  }
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
}

// Of the boot before, its root still holds the report.
TEST(Restart, TakesANodeThatStartedLinuxWhileTheHostRebootedForNoEarlierBoot) {
  Running rig;
  rig.Order(Verb::kReboot, {"s1"});
  while (rig.Of(1).state != NodeState::kServed) rig.LetPass(milliseconds(100));
  const std::string nonce = rig.Of(1).nonce;
  rig.Kill();
  ForgetMarks(rig);
  rig.Serve();
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  EXPECT_EQ(rig.Of(1).nonce, nonce);
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
}

// No host answers meanwhile, nor is there a serve.
void LetPassWithoutHost(Running& rig, std::chrono::nanoseconds time) {
  rig.Kill();
  ForgetMarks(rig);
  ASSERT_TRUE(rig.world_.system().live->netlink.SetLink("san", {.up = false}));
  const os::Moment end = rig.world_.clock().Now() + time;
  while (rig.world_.clock().Now() < end) ASSERT_TRUE(rig.world_.system().events.Next(end));
}

// It answers a ping at once, but asks for its root again only when TCP's patience is over.
TEST(Restart, OrdersANodeThatWaitsForItsRootStillAfterTheHostsOwnReboot) {
  Running rig;
  LetPassWithoutHost(rig, seconds(110));
  rig.Serve();
  rig.LetPass(seconds(10));
  ASSERT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(seconds(70));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHalting);
  EXPECT_EQ(rig.Of(1).step, "not heard yet");
  rig.LetPass(minutes(3));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
  EXPECT_EQ(rig.zeros_[1]->boots(), 2);
  rig.ExpectOthersUntouched(1);
}

// Somebody else may have booted it into the new one since.
TEST(Restart, OrdersANodeWhoseGenerationWasReplacedBeforeTheHostsRebootAndDoesNotCallItHealthy) {
  Running rig;
  ASSERT_TRUE(Update(rig.world_.system(), rig.spec_, {.nodes = {"s1"}}));
  rig.Kill();
  ForgetMarks(rig);
  rig.Serve();
  rig.LetPass(seconds(10));
  EXPECT_EQ(rig.Of(1).state, NodeState::kUp) << rig.Of(1).cause;
  EXPECT_EQ(rig.Of(0).state, NodeState::kHealthy) << rig.Of(0).cause;
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  EXPECT_EQ(rig.Of(1).generation, 2);
}

TEST(Restart, DoesNotCallANodeHealthyThatReportedOnceAndAnswersNoMore) {
  Running rig;
  rig.Kill();
  rig.world_.network().SetNeighbour("s1", std::nullopt);
  rig.Serve();
  rig.LetPass(minutes(1));
  EXPECT_NE(rig.Of(1).state, NodeState::kHealthy);
  rig.ExpectOthersUntouched(1);
}

TEST(Restart, LeavesABoardInItsRomThatWasHaltedBefore) {
  Running rig({{"1-1.3", {{Fault::kRomAfterHalt}}}});
  rig.Order(Verb::kHalt, {"s1"});
  rig.LetPass(minutes(1));
  rig.Kill();
  rig.Serve();
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.StageOf(1), Stage::kRom);
  EXPECT_EQ(rig.Of(1).step, "halted");
  rig.Order(Verb::kBoot, {"s1"});
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  rig.Kill();
  rig.Serve();
  rig.LetPass(seconds(10));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
}

}  // namespace
}  // namespace zprov::scenario
