// The daemon from its start to its end: the lock, what was cut off, its supervisor, signals, a spec
// that is read again, and what a kill leaves.
#include "engine/serve/serve.h"

#include <gmock/gmock.h>

#include <csignal>

#include "core/generations/layout.h"
#include "engine/record.h"
#include "scenario/serve_rig.h"

namespace zprov::scenario {
namespace {

using engine::Client;
using engine::ControlRequest;
using engine::NodeState;
using engine::ServeOptions;
using engine::Server;
using sim::zero::Stage;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Phase = os::Supervisor::Phase;
using Verb = ControlRequest::Verb;

class ServeTest : public ServeRig, public ::testing::Test {
 protected:
  // What SIGHUP will read.
  ServeOptions Reads(Result<spec::ClusterSpec> next) {
    return {.read_spec = [next] { return next; }};
  }
};

TEST_F(ServeTest, BringsEveryNodeToHealthAfterPowerOnOfTheHostAlone) {
  Serve();
  EXPECT_EQ(world_.supervisor().phase(), Phase::kReady);
  LetPass(minutes(2));
  for (const auto& zero : zeros_) EXPECT_EQ(zero->stage(), Stage::kHealthy);
  EXPECT_EQ(world_.supervisor().status(), "5 nodes: 5 healthy");
  EXPECT_THAT(notices_, SizeIs(::testing::Ge(40U)));
}

TEST_F(ServeTest, SaysThatItIsAliveAsOftenAsItsSupervisorWants) {
  world_.supervisor().Watch(seconds(5));
  Serve();
  LetPass(minutes(10));
  ASSERT_TRUE(world_.supervisor().last_alive());
  EXPECT_GE(*world_.supervisor().last_alive(), world_.clock().Now() - seconds(5));
}

TEST_F(ServeTest, WakesOnlyForProbesOnceAllNodesRun) {
  Serve();
  LetPass(minutes(3));
  int wakes = 0;
  const os::Moment end = world_.clock().Now() + minutes(10);
  while (world_.clock().Now() < end) {
    const auto event = world_.system().events.Next(std::min(NextDeadline(), end));
    ASSERT_TRUE(event);
    On(*event);
    ++wakes;
  }
  EXPECT_LE(wakes, 5 * 10 * 2 + 5) << "one probe and its answer per node and minute";
}

TEST_F(ServeTest, IsRefusedWhileAnotherServes) {
  Serve();
  const auto second = Server::Begin(world_.system(), spec_, {.holder = "serve, pid 2"});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(second.error().message, HasSubstr("serve, pid 1"));
  LetPass(minutes(2));
  EXPECT_EQ(zeros_[4]->stage(), Stage::kHealthy) << "the first goes on";
}

TEST_F(ServeTest, CarriesOutAnUpdateThatWasCutOffBeforeAnythingBoots) {
  ASSERT_TRUE(Update(world_.system(), spec_));
  const std::string newer = Pointers(world_, spec_);
  ASSERT_EQ(newer, "s0:2 s1:2 s2:2 s3:2 s4:2");
  // As a power cut leaves it: the run is written down, and no pointer has moved.
  ASSERT_TRUE(Rollback(world_.system(), spec_));
  ASSERT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  engine::Run cut_off;
  for (const spec::Node& node : spec_.nodes) cut_off.moves.push_back({node.name, 1, 2});
  world_.Put(generations::RunPath(spec_), engine::RunText(cut_off));
  Serve();
  EXPECT_EQ(Pointers(world_, spec_), newer);
  LetPass(minutes(2));
  EXPECT_EQ(Of(0).generation, 2);
}

TEST_F(ServeTest, EndsAfterSigtermWhenWhatIsUnderWayIsServed) {
  Serve();
  while (Of(0).state != NodeState::kServing) LetPass(std::chrono::milliseconds(50));
  const os::Moment told = world_.clock().Now();
  Signal(SIGTERM);
  LetPass(minutes(1));
  EXPECT_TRUE(server_->IsOver());
  EXPECT_LE(world_.clock().Now(), told + Server::kFinishWithin);
  EXPECT_EQ(world_.supervisor().phase(), Phase::kStopping);
  EXPECT_EQ(Of(0).state, NodeState::kServed) << "its files were under way, and are there";
}

TEST_F(ServeTest, StartsNoBootAfterSigterm) {
  spec_.boot_at_once = 1;
  Serve();
  while (Of(0).state != NodeState::kFirstStageSent) LetPass(std::chrono::milliseconds(50));
  Signal(SIGTERM);
  LetPass(minutes(1));
  EXPECT_TRUE(server_->IsOver());
  EXPECT_EQ(zeros_[4]->stage(), Stage::kRom);
}

TEST_F(ServeTest, EndsWithinTenSecondsOfSigtermThoughABoardNeverFinishes) {
  ServeRig rig({{"1-1.3", {{sim::zero::Fault::kNeverReturns}}}});
  rig.Serve();
  while (rig.Of(1).state != NodeState::kFirstStageSent) rig.LetPass(seconds(1));
  const os::Moment told = rig.world_.clock().Now();
  rig.Signal(SIGINT);
  rig.LetPass(minutes(1));
  EXPECT_TRUE(rig.server_->IsOver());
  EXPECT_LE(rig.world_.clock().Now(), told + Server::kFinishWithin + seconds(1));
}

TEST_F(ServeTest, EndsAtOnceWhenItIsToldTwice) {
  Serve();
  while (Of(0).state != NodeState::kServing) LetPass(std::chrono::milliseconds(50));
  Signal(SIGINT);
  Signal(SIGINT);
  LetPass(std::chrono::milliseconds(1));
  EXPECT_TRUE(server_->IsOver());
}

TEST_F(ServeTest, KeepsItsSpecWhenTheOneItReadsAgainIsWrong) {
  Serve(Reads(Fail(ErrorKind::kInvalid, "cluster.toml:3: no such key")));
  LetPass(minutes(2));
  Signal(SIGHUP);
  LetPass(minutes(2));
  EXPECT_THAT(troubles_, ElementsAre(HasSubstr("cluster.toml:3: no such key")));
  EXPECT_EQ(world_.supervisor().phase(), Phase::kReady);
  EXPECT_EQ(world_.supervisor().status(), "5 nodes: 5 healthy");
}

TEST_F(ServeTest, DoesNotTakeAnotherStoreWhileItRuns) {
  spec::ClusterSpec moved = spec_;
  moved.storage.store = "/y";
  Serve(Reads(moved));
  Signal(SIGHUP);
  LetPass(minutes(2));
  EXPECT_THAT(troubles_, ElementsAre(HasSubstr("restart zprov")));
  EXPECT_EQ(world_.supervisor().status(), "5 nodes: 5 healthy");
}

TEST_F(ServeTest, LeavesRunningNodesAndBootsUnderWayAloneWhenTheSpecChangesAroundThem) {
  spec::ClusterSpec changed = spec_;
  changed.nodes.pop_back();
  changed.boot_cmdline = "quiet";
  Serve(Reads(changed));
  while (Of(0).state != NodeState::kServing) LetPass(std::chrono::milliseconds(50));
  Signal(SIGHUP);
  LetPass(minutes(2));
  EXPECT_THAT(troubles_, IsEmpty());
  EXPECT_EQ(world_.supervisor().status(), "4 nodes: 4 healthy");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(zeros_[static_cast<size_t>(i)]->boots(), 1) << i;
    EXPECT_EQ(Of(static_cast<size_t>(i)).failures, 0) << i;
  }
}

TEST_F(ServeTest, BootsANodeThatTheSpecWasGivenMeanwhile) {
  spec::ClusterSpec whole = spec_;
  spec_.nodes.pop_back();
  Serve(Reads(whole));
  LetPass(minutes(2));
  EXPECT_EQ(zeros_[4]->stage(), Stage::kRom);
  Signal(SIGHUP);
  LetPass(minutes(2));
  EXPECT_EQ(zeros_[4]->stage(), Stage::kHealthy);
  EXPECT_EQ(world_.supervisor().status(), "5 nodes: 5 healthy");
  for (const auto& zero : zeros_) EXPECT_EQ(zero->boots(), 1);
}

TEST_F(ServeTest, SaysOfABoardWhoseNodeWasTakenOutThatItBelongsToNobody) {
  spec::ClusterSpec fewer = spec_;
  fewer.nodes.pop_back();
  spec_.boot_at_once = 1;
  Serve(Reads(fewer));
  Signal(SIGHUP);
  LetPass(minutes(2));
  const os::ControlId caller = Connect();
  Say(caller, ControlRequest{Verb::kStatus, {}});
  LetPass(seconds(1));
  EXPECT_EQ(world_.supervisor().status(), "4 nodes: 4 healthy");
  EXPECT_EQ(zeros_[4]->stage(), Stage::kRom);
  EXPECT_THAT(Heard(caller), ElementsAre(HasSubstr("usb = \\\"1-1.5.2\\\"")));
}

TEST_F(ServeTest, FreesTheLockAndTheSocketWhenItIsKilled) {
  Serve();
  LetPass(minutes(2));
  const os::ControlId caller = Connect();
  Say(caller, ControlRequest{Verb::kWatch, {}});
  LetPass(seconds(1));
  Kill();
  EXPECT_EQ(Client::OfServe(world_.system()).error().kind, ErrorKind::kNotFound);
  Serve();
  LetPass(seconds(1));
  EXPECT_TRUE(IsHungUpOn(caller));
  for (const auto& zero : zeros_) EXPECT_EQ(zero->stage(), Stage::kHealthy);
}

}  // namespace
}  // namespace zprov::scenario
