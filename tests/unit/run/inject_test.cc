// Faults as a run counts them: those that hit something, by the stages in which they found boards.
#include <gmock/gmock.h>

#include "sim/run/marks.h"
#include "sim/run/performance.h"

namespace zprov::run {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

// A serve that serves nobody: every board stays in its boot ROM. It takes its time to end.
int ServesNobody(const Call& call) {
  constexpr seconds kEndsAfter{8};
  if (call.args.front() != "serve") return 0;
  std::optional<os::Moment> end;
  while (!end || call.system.clock.Now() < *end) {
    const auto event = call.system.events.Next(call.system.clock.Now() + milliseconds(100));
    if (!event) return 0;
    if (std::holds_alternative<os::SignalCame>(*event)) end = call.system.clock.Now() + kEndsAfter;
  }
  return 0;
}

class InjectedFault : public testing::Test {
 protected:
  InjectedFault() {
    on_.SetUp();
    on_.Go(on_.Now() + seconds(10));
  }

  static Plan TwoBoards() {
    Plan plan = QuietPlan(1);
    plan.nodes = 2;
    return plan;
  }

  void Comes(FaultKind kind) { Inject(on_, {.kind = kind, .strength = 5}); }
  const std::map<std::string, int>& faults() { return on_.counts().faults; }
  const std::map<std::string, int>& marks() { return on_.counts().sometimes; }

  std::vector<std::string> told_;
  Performance on_{TwoBoards(), ServesNobody,
                  [this](const TraceLine& line) { told_.push_back(line.text); }};
};

TEST_F(InjectedFault, IsMarkedWithTheStageOfTheBoardThatItHits) {
  Comes(FaultKind::kBoardUnplugged);
  EXPECT_THAT(faults(), ElementsAre(Pair("board-unplugged", 1)));
  EXPECT_THAT(marks(), ElementsAre(Pair("board-unplugged while a board boot ROM", 1)));
  EXPECT_THAT(told_, Not(Contains(HasSubstr("hits nothing"))));
}

TEST_F(InjectedFault, IsMarkedWithTheStagesOfAllBoardsBeforeItCame) {
  Comes(FaultKind::kHostPowerCut);
  EXPECT_THAT(marks(), ElementsAre(Pair("power-cut while a board boot ROM", 2)));
}

TEST_F(InjectedFault, ThatFindsNoLinkAndNoMountIsNeitherCountedNorMarked) {
  for (const FaultKind kind :
       {FaultKind::kLinkDown, FaultKind::kLinkRenamed, FaultKind::kLinkLeavesBridge,
        FaultKind::kLinkMtuChanged, FaultKind::kNodeWritesRubbish}) {
    Comes(kind);
  }
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_THAT(marks(), IsEmpty());
  EXPECT_THAT(told_, Contains("link-down hits nothing"));
}

// What is done already, or cannot be done.
TEST_F(InjectedFault, ThatComesASecondTimeWhileItLastsIsCountedOnce) {
  for (const FaultKind kind : {FaultKind::kSpecBroken, FaultKind::kHubUnplugged}) {
    Comes(kind);
    Comes(kind);
  }
  EXPECT_THAT(faults(), ElementsAre(Pair("hub-unplugged", 1), Pair("spec-broken", 1)));
}

TEST_F(InjectedFault, NeedsADiskThatTakesWhatItSavesAndAServeThatItKills) {
  on_.StopServe();
  on_.host().Kill(on_.serve());
  on_.Go(on_.Now() + seconds(1));
  Comes(FaultKind::kServeKilled);
  on_.world().disk().SetReadOnly(0, os::Access::kReadOnly);
  Comes(FaultKind::kSpecBroken);
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(InjectedFault, IsNotToldOfADeviceThatIsAway) {
  Comes(FaultKind::kArrivalToldTwice);
  on_.board(0).zero->Unplug();
  Comes(FaultKind::kArrivalToldTwice);
  Comes(FaultKind::kBoardUnplugged);
  EXPECT_THAT(faults(), ElementsAre(Pair("told-twice", 1)));
}

TEST(Marks, AreExpectedWhereAFaultHasSomethingToHit) {
  const auto expected = MarksNeverReached({});
  EXPECT_THAT(expected, Contains("link-down while a board shows its gadget"));
  EXPECT_THAT(expected, Not(Contains("link-down while a board boot ROM")));
  EXPECT_THAT(expected, Contains("node-writes-rubbish while a board runs"));
  EXPECT_THAT(expected, Not(Contains("node-writes-rubbish while a board shows its gadget")));
  EXPECT_THAT(expected, Not(Contains("told-twice while a board starts Linux")));
  EXPECT_THAT(expected, Contains("power-cut while a board has the first stage"));
  for (const std::string_view step : {kTriedAsItIs, kCameBack, kDeviceReset, kPowerCut, kPowerGiven,
                                      kRelayOpened, kRelayClosed, kQuarantined, kAnotherChance}) {
    EXPECT_THAT(expected, Contains(step));
  }
  EXPECT_THAT(MarksNeverReached({{"power-cut while a board has the first stage", 1}}),
              Not(Contains("power-cut while a board has the first stage")));
}

TEST(Marks, HaveATableThatSaysWhereAFaultHasNothingToHit) {
  const std::string table = TableOf({{"link-down while a board runs", 7}});
  EXPECT_THAT(table, HasSubstr("\nlink-down                   -        -        -        -        -"
                               "        0        0        7        -        -\n"));
}

TEST_F(InjectedFault, OfAHostThatRebootsLeavesItsBoardsTheirPowerAndNoServe) {
  const int boots = on_.board(0).zero->boots();
  Comes(FaultKind::kHostReboots);
  on_.Go(on_.Now() + seconds(10));
  EXPECT_FALSE(on_.Serves());
  EXPECT_THAT(told_, Contains("serve ends: 0"));  // as systemd waits for it
  on_.Go(on_.Now() + seconds(30));
  EXPECT_TRUE(on_.Serves());
  EXPECT_EQ(on_.board(0).zero->stage(), sim::zero::Stage::kRom);
  EXPECT_EQ(on_.board(0).zero->boots(), boots);
}

TEST_F(InjectedFault, OfAHostThatRebootsLetsNobodyLogInUntilItIsBack) {
  Comes(FaultKind::kHostReboots);
  on_.Run({"status"});
  on_.StartServe();
  on_.Go(on_.Now() + seconds(25));
  EXPECT_THAT(told_, Not(Contains("zprov status")));
  on_.Go(on_.Now() + seconds(30));
  EXPECT_THAT(told_, Contains("zprov status"));
  EXPECT_EQ(std::ranges::count(told_, "starts"), 2) << "once at first, and once by systemd";
}

}  // namespace
}  // namespace zprov::run
