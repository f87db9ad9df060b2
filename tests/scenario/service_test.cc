// Commands and a serve that runs: the same over the socket as in the command's own process; and
// whatever else comes to the socket.
#include <gmock/gmock.h>

#include "engine/serve/boot_nodes.h"
#include "scenario/serve_rig.h"

namespace zprov::scenario {
namespace {

using engine::Client;
using engine::ControlRequest;
using engine::NodeState;
using engine::Snapshot;
using sim::zero::Stage;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Verb = ControlRequest::Verb;

class ServiceTest : public ServeRig, public ::testing::Test {};

Client::Verdict Once(const Snapshot&) { return Client::Verdict::kOver; }

// What became of each node, "s0: healthy".
std::vector<std::string> Ends(const engine::Booted& booted) {
  std::vector<std::string> ends;
  for (const engine::NodeOutcome& outcome : booted.nodes) {
    ends.push_back(outcome.view.node + ": " + std::string(Name(outcome.view.state)));
  }
  return ends;
}

TEST_F(ServiceTest, BootsNodesForACommandOverItsSocketAsTheCommandWouldItself) {
  std::vector<std::string> ends[2];
  std::vector<engine::NodeNotice> news[2];
  for (const bool over_socket : {false, true}) {
    ServeRig rig({{"1-1.3", {{sim::zero::Fault::kRomDeaf}}}});
    if (over_socket) rig.Begin();
    tests::BesideServe command(
        rig.world_.system(),
        over_socket ? rig.End()
                    : tests::ServeEnd{[](const os::Event&) {}, [] { return os::Moment::max(); }});
    const auto booted = engine::BootNodes(
        over_socket ? command.system() : rig.world_.system(), rig.spec_, {.holder = "a test"},
        [&](const engine::Snapshot& snapshot) {
          const auto& notices = snapshot.notices;
          news[over_socket].insert(news[over_socket].end(), notices.begin(), notices.end());
        });
    ASSERT_TRUE(booted) << booted.error().message;
    ends[over_socket] = Ends(*booted);
  }
  EXPECT_THAT(ends[1], ElementsAre("s0: healthy", "s1: quarantined", "s2: healthy", "s3: healthy",
                                   "s4: healthy"));
  EXPECT_EQ(ends[0], ends[1]);
  EXPECT_THAT(news[0], SizeIs(::testing::Ge(34U)));
  EXPECT_THAT(news[1], SizeIs(::testing::Ge(34U)));
}

TEST_F(ServiceTest, GivesAQuarantinedNodeAnotherTryWhenItIsAskedToBootIt) {
  ServeRig rig({{"1-1.3", {{sim::zero::Fault::kRomStalls, 2}}}});
  rig.Begin();
  rig.LetPass(minutes(3));
  ASSERT_EQ(rig.Of(1).state, NodeState::kQuarantined);
  rig.Say(rig.Connect(), ControlRequest{Verb::kBoot, {"s1"}});
  rig.LetPass(minutes(3));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
}

TEST_F(ServiceTest, GivesANodeAllItsTriesAgainEachTimeItIsAskedToBootIt) {
  Begin();
  for (int cut = 0; cut < 4; ++cut) {
    Say(Connect(), ControlRequest{Verb::kBoot, {"s1"}});
    for (int i = 0; i < 60 && zeros_[1]->stage() != Stage::kKernel; ++i) LetPass(seconds(1));
    ASSERT_EQ(zeros_[1]->stage(), Stage::kKernel) << "cut " << cut << ": " << Of(1).cause;
    zeros_[1]->Unplug();
    LetPass(seconds(2));
    zeros_[1]->PlugIn();
  }
  LetPass(minutes(3));
  EXPECT_EQ(Of(1).state, NodeState::kHealthy) << Of(1).cause;
}

TEST_F(ServiceTest, LeavesAHeldNodeInItsBootRomUntilTheHolderLeaves) {
  Open();
  const os::ControlId holder = Connect();
  Say(holder, ControlRequest{Verb::kHold, {"s1", "s2"}});
  LetPass(seconds(1));
  Begin();
  LetPass(minutes(3));
  EXPECT_EQ(zeros_[0]->stage(), Stage::kHealthy);
  EXPECT_EQ(zeros_[1]->stage(), Stage::kRom);
  EXPECT_EQ(Of(1).step, "held");
  EXPECT_THAT(Heard(holder), SizeIs(1)) << "a holder reads nothing while it holds";
  world_.control().Close(holder);
  LetPass(minutes(3));
  EXPECT_EQ(zeros_[1]->stage(), Stage::kHealthy);
  EXPECT_EQ(zeros_[2]->stage(), Stage::kHealthy);
}

TEST_F(ServiceTest, HoldsANodeAsLongAsTheCommandsClientLives) {
  Open();
  tests::BesideServe command(world_.system(), End());
  {
    const auto client = Client::OfServe(command.system());
    ASSERT_TRUE(client) << client.error().message;
    EXPECT_TRUE((*client)->IsOfServe());
    const auto held = (*client)->Do({Verb::kHold, {"s1"}}, seconds(5), Once);
    ASSERT_TRUE(held) << held.error().message;
    Begin();
    LetPass(minutes(2));
    EXPECT_EQ(zeros_[1]->stage(), Stage::kRom);
  }
  LetPass(minutes(2));
  EXPECT_EQ(zeros_[1]->stage(), Stage::kHealthy);
}

TEST_F(ServiceTest, LeavesAHeldLinkAsSomebodyLeftItUntilTheHolderLeaves) {
  const auto is_up = [this](const std::string& name) {
    const auto links = world_.network().Links().value();
    return std::ranges::find(links, name, &Link::name)->up;
  };
  Begin();
  LetPass(minutes(3));
  const os::ControlId holder = Connect();
  Say(holder, ControlRequest{Verb::kHoldLinks, {"s1"}});
  LetPass(seconds(1));
  for (const char* link : {"s1", "s2"}) {
    ASSERT_TRUE(world_.network().SetLink(link, {.up = false}));
  }
  LetPass(minutes(1));
  EXPECT_FALSE(is_up("s1"));
  EXPECT_TRUE(is_up("s2")) << "nobody holds it";
  EXPECT_THAT(Heard(holder), SizeIs(1));
  world_.control().Close(holder);
  LetPass(seconds(1));
  EXPECT_TRUE(is_up("s1"));
}

TEST_F(ServiceTest, AnswersAStatusOnceAndTheHangerOnAtMostFourTimesASecond) {
  Begin();
  const os::ControlId once = Connect();
  const os::ControlId always = Connect();
  Say(once, ControlRequest{Verb::kStatus, {}});
  Say(always, ControlRequest{Verb::kWatch, {}});
  LetPass(seconds(8));
  EXPECT_THAT(Heard(once), SizeIs(1));
  EXPECT_THAT(Heard(always), SizeIs(::testing::AllOf(::testing::Ge(8U), ::testing::Le(33U))));
  LetPass(minutes(3));
  const size_t when_all_run = Heard(always).size();
  EXPECT_THAT(Heard(always).back(), HasSubstr("healthy")) << "the last change is told too";
  LetPass(milliseconds(500));
  EXPECT_THAT(Heard(always), SizeIs(when_all_run)) << "nothing changed";
}

TEST_F(ServiceTest, TellsEveryNoticeToWhoWatches) {
  Begin();
  tests::BesideServe command(world_.system(), End());
  std::vector<engine::NodeNotice> heard;
  const auto client = Client::OfServe(command.system());
  ASSERT_TRUE(client);
  const auto seen = (*client)->Do({Verb::kWatch, {}}, minutes(3), [&](const Snapshot& snapshot) {
    heard.insert(heard.end(), snapshot.notices.begin(), snapshot.notices.end());
    return Client::Verdict::kGoOn;
  });
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->how, Client::Outcome::How::kLate);
  const auto all = service_->TakeNotices();
  ASSERT_GE(heard.size(), 35U);  // seven stages of five nodes
  for (size_t i = 1; i <= heard.size(); ++i) {
    EXPECT_EQ(heard[heard.size() - i].node, all[all.size() - i].node);
    EXPECT_EQ(heard[heard.size() - i].state, all[all.size() - i].state);
  }
}

TEST_F(ServiceTest, CallsBackEverySecondThoughNothingChanges) {
  Begin();
  LetPass(minutes(3));
  tests::BesideServe command(world_.system(), End());
  const auto client = Client::OfServe(command.system());
  ASSERT_TRUE(client);
  int calls = 0;
  const auto seen = (*client)->Do({Verb::kWatch, {}}, seconds(10), [&](const Snapshot&) {
    ++calls;
    return Client::Verdict::kGoOn;
  });
  ASSERT_TRUE(seen);
  EXPECT_GE(calls, 10);
}

TEST_F(ServiceTest, EndsACommandThatIsInterruptedAndGoesOnItself) {
  const auto client = Client::OfServeOrHere(world_.system(), spec_, "a test");
  ASSERT_TRUE(client) << client.error().message;
  world_.queue().After(seconds(5), [this] { world_.queue().Post(os::SignalCame{2}); });
  const auto seen = (*client)->Do({Verb::kBoot, {}}, minutes(5),
                                  [](const Snapshot&) { return Client::Verdict::kGoOn; });
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->how, Client::Outcome::How::kInterrupted);
  EXPECT_THAT(seen->last.nodes, SizeIs(5));
}

TEST_F(ServiceTest, SaysThatServeEndedWhenItDoes) {
  Begin();
  tests::BesideServe command(world_.system(), End());
  const auto client = Client::OfServe(command.system());
  ASSERT_TRUE(client);
  const auto seen = (*client)->Do({Verb::kWatch, {}}, minutes(5), [&](const Snapshot& snapshot) {
    world_.control().Close(2);  // serve's end of the first connection
    EXPECT_THAT(snapshot.nodes, SizeIs(5));
    return Client::Verdict::kGoOn;
  });
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::kGone);
}

TEST_F(ServiceTest, SaysThatNoServeRuns) {
  const auto client = Client::OfServe(world_.system());
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::kNotFound);
}

TEST_F(ServiceTest, RefusesARequestAboutANodeThatItDoesNotKnowAndChangesNothing) {
  Begin();
  const os::ControlId caller = Connect();
  Say(caller, ControlRequest{Verb::kHold, {"s1", "s9"}});
  LetPass(minutes(2));
  EXPECT_THAT(Heard(caller), ElementsAre(AllOf(HasSubstr("refused"), HasSubstr("s9"))));
  EXPECT_TRUE(IsHungUpOn(caller));
  EXPECT_EQ(zeros_[1]->stage(), Stage::kHealthy);
}

TEST_F(ServiceTest, ListensToRootAndToItsOwnUserAndToNobodyElse) {
  Begin();
  const os::ControlId own = Connect(1000);
  const os::ControlId other = Connect(1001);
  Say(own, ControlRequest{Verb::kStatus, {}});
  Say(other, ControlRequest{Verb::kHold, {}});
  LetPass(minutes(2));
  EXPECT_THAT(Heard(own), ElementsAre(HasSubstr("\"nodes\":[{")));
  EXPECT_THAT(Heard(other), ElementsAre(HasSubstr("only root may ask serve")));
  EXPECT_TRUE(IsHungUpOn(other));
  EXPECT_EQ(zeros_[1]->stage(), Stage::kHealthy);
}

TEST_F(ServiceTest, HangsUpOnWhoTalksNonsense) {
  Begin();
  for (const std::string& line : {std::string(), std::string("halt"), std::string(60'000, '['),
                                  std::string("{\"zprov\":1,\"do\":\"\\u0000\"}")}) {
    const os::ControlId caller = Connect();
    Say(caller, line);
    LetPass(milliseconds(10));
    EXPECT_THAT(Heard(caller), ElementsAre(HasSubstr("\"kind\":\"invalid\""))) << line;
    EXPECT_TRUE(IsHungUpOn(caller));
  }
  LetPass(minutes(2));
  EXPECT_EQ(zeros_[0]->stage(), Stage::kHealthy);
}

TEST_F(ServiceTest, AnswersAHundredCallersAndTellsTheNextToComeBack) {
  Begin();
  std::vector<os::ControlId> callers;
  for (int i = 0; i < 1000; ++i) {
    callers.push_back(Connect());
    Say(callers.back(), ControlRequest{Verb::kWatch, {}});
  }
  LetPass(milliseconds(10));
  EXPECT_THAT(Heard(callers.front()), SizeIs(1));
  EXPECT_THAT(Heard(callers.back()), ElementsAre(HasSubstr("too many ask serve at once")));
  EXPECT_TRUE(IsHungUpOn(callers.back()));
  world_.control().Close(callers.front());
  LetPass(milliseconds(10));
  const os::ControlId late = Connect();
  Say(late, ControlRequest{Verb::kStatus, {}});
  LetPass(milliseconds(10));
  EXPECT_THAT(Heard(late), ElementsAre(HasSubstr("\"nodes\":[{")));
}

}  // namespace
}  // namespace zprov::scenario
