// Boards that change places during a run of the level "cycle", and plugs that a run left exchanged.
#include <gmock/gmock.h>

#include "hil/run_mark.h"
#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::HasSubstr;

// With somebody who exchanges plugs when he is asked to.
class CycleWithPlugs : public CycledRig {
 protected:
  CycleWithPlugs() {
    Describe("[plugs]\ncommand = \"/usr/local/sbin/exchange\"\n");
    world_.Put("/usr/local/sbin/exchange", "a program\n", 0755);
    world_.processes().Install("/usr/local/sbin/exchange", [this](const auto& argv) {
      EXPECT_EQ(argv.at(1) + argv.at(2), "s0s1");
      EXPECT_EQ(Board(0).stage(), Stage::kOff);
      EXPECT_EQ(Board(1).stage(), Stage::kOff);
      const bool wanted = argv.at(3) == "exchanged";
      if (obeys_ && are_exchanged_ != wanted) Board(0).ChangePlacesWith(Board(1));
      are_exchanged_ = wanted;
      return sim::ProgramRun{.takes = std::chrono::seconds(20)};
    });
  }

  bool obeys_ = true;
  bool are_exchanged_ = false;
};

TEST_F(CycleWithPlugs, PassesAndLeavesEachBoardInItsOwnPort) {
  const std::string serial = Board(0).serial();
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    exchange "));
  EXPECT_EQ(Board(0).serial(), serial);
  EXPECT_FALSE(are_exchanged_);
}

TEST_F(CycleWithPlugs, NamesBoardsThatAreNotWhereTheyShouldBe) {
  obeys_ = false;
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    exchange "),
                               HasSubstr("s0: came back as another board, " + Board(0).serial() +
                                         " instead of " + Board(1).serial()),
                               HasSubstr("cure: see what is plugged into its port")));
}

TEST_F(CycleWithPlugs, PutsThePlugsBackAfterARunThatWasKilled) {
  const std::string serial = Board(0).serial();
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return are_exchanged_ && Board(0).stage() == Stage::kHealthy; }));
  ASSERT_NE(Board(0).serial(), serial);
  host_.Kill(run);
  WaitFor(run);
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("pass    put-back"), HasSubstr("pass    exchange ")));
  EXPECT_EQ(Board(0).serial(), serial);
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_FALSE(IsMarked());
}

TEST_F(CycleWithPlugs, SaysWhichPlugsNobodyCanPutBackAnyMore) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return are_exchanged_ && Board(0).stage() == Stage::kHealthy; }));
  host_.Kill(run);
  WaitFor(run);
  world_.Put("/etc/zprov/rig.toml", "[power]\nby = \"none\"\n");
  for (int again = 0; again < 2; ++again) {
    const run::Ended ended = RunCycle();
    EXPECT_EQ(ended.exit, 1);
    EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    put-back"),
                                 HasSubstr("s0: its board and that of s1 may be in each other's"),
                                 HasSubstr("exchange the plugs by hand, and remove ")));
    EXPECT_TRUE(IsMarked());
  }
}

TEST_F(CycleWithPlugs, RemembersThePlugOfANodeThatClusterTomlHasNoMore) {
  ASSERT_TRUE(WriteRunMark(world_.system(), spec_,
                           {.newest = 1, .made = {}, .nodes = {"s0"}, .exchanged = {"s0", "s9"}}));
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("s0: its board and that of s9 may be in each other's port, and "
                                   "cluster.toml has not both any more"));
  EXPECT_TRUE(IsMarked());
}

}  // namespace
}  // namespace zprov::hil
