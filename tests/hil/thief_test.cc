// The scenario "thief" of the level "full" on the simulated rig: it passes where each address is
// bound to its port, a host where that does not hold is named, and nothing of it stays, also when
// the run is cut off.
#include <gmock/gmock.h>

#include <csignal>

#include "core/generations/layout.h"
#include "hil/run_mark.h"
#include "sim/disk/walk.h"
#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Nothing else of the level. The second board steals from the first one.
class Thief : public CycledRig {
 protected:
  Thief() {
    for (const char* scenario :
         {"packets", "throughput", "serve", "link-loss", "reboot", "reboot-all", "cold-boot",
          "cold-boot-all", "cut-rom", "cut-first-stage", "cut-files", "cut-kernel", "cut-mounted",
          "update", "update-reboot", "update-cut"}) {
      Quarantine(scenario);
    }
    each_step_ = [this] {
      if (Steals()) happens_();
    };
  }

  // Linux runs there, with the address of the first.
  bool Steals() {
    const auto& node = Board(1).node();
    const bool is_thief = node && node->orders().address == spec_.nodes[0].address;
    stole_ |= is_thief;
    return is_thief;
  }

  run::Pid StartFull() { return Start({"--hil", "--level", "full", "--yes"}); }
  run::Ended RunFull() { return WaitFor(StartFull()); }

  std::string LinePath() const {
    return spec_.storage.boot + "/" + spec_.nodes[1].usb->ToString() + "/cmdline.txt";
  }

  void ExpectRigAsBefore() {
    EXPECT_TRUE(AllAreHealthy());
    EXPECT_FALSE(IsMarked());
    EXPECT_FALSE(world_.scene().Has(LinePath()));
    EXPECT_FALSE(world_.scene().Has(generations::Directory(spec_, 2)));
    EXPECT_EQ(Run("generations").outcome, Outcome::kPass) << "every node runs what it would get";
  }

  std::function<void()> happens_ = [] {};  // while it steals, ten times a second
  bool stole_ = false;
};

TEST_F(Thief, GetsNothingOnARigThatIsWell) {
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("thief           makes a generation, and boots the second node "
                                   "with the address of the first, and as itself\n"));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\npass    thief "), Not(HasSubstr("put-back"))));
  EXPECT_TRUE(stole_);
  EXPECT_THAT(Boots(), ElementsAre(1, 3, 1, 1, 1));
  ExpectRigAsBefore();
}

TEST_F(Thief, GetsNothingBesideServe) {
  Start({"serve"});
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\npass    thief "));
  EXPECT_TRUE(stole_);
  ExpectRigAsBefore();
}

TEST_F(Thief, IsNamedWhenItGetsARoot) {
  happens_ = [this] { world_.network().Unpin("s0"); };
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    thief "),
                    HasSubstr("s1: booted with 192.168.7.33, the address of s0, and got a root of "
                              "that one\n"),
                    HasSubstr("cure: systemctl restart zprov binds each link to its node")));
  EXPECT_EQ(Board(0).boots(), 1) << "it never ran from the root that was stolen";
}

TEST_F(Thief, IsNamedWhenTheOtherCannotUseItsRootMeanwhile) {
  happens_ = [this] { Unexport(0); };
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    thief "),
                               HasSubstr("s0: does not use its root any more since s1 has its "
                                         "address\n"),
                               HasSubstr("cure: systemctl restart zprov binds each link")));
}

TEST_F(Thief, LeavesWhatTheOperatorHasThereAlone) {
  const std::string own = spec_.storage.boot + "/1-1.3/start.elf";
  world_.Put(own, "firmware");
  EXPECT_EQ(RunFull().exit, 0);
  EXPECT_TRUE(stole_);
  EXPECT_EQ(world_.scene().Content(own), "firmware");
  ExpectRigAsBefore();
}

TEST_F(Thief, IsSkippedWhereTheOperatorHasACommandLine) {
  const run::Ended rendered = Zprov({"render", "cmdline:s1"});
  world_.Put(LinePath(), rendered.out);
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    thief "),
                               HasSubstr("/x/sboot/1-1.3/cmdline.txt is yours, and stays\n")));
  EXPECT_EQ(world_.scene().Content(LinePath()), rendered.out);
  EXPECT_FALSE(stole_);
}

TEST_F(Thief, IsSkippedByARigOfOneNode) {
  Describe("[[node]]\nname = \"s0\"\n");
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    thief "), HasSubstr("it takes two nodes")));
}

TEST_F(Thief, IsPutBackWhenTheRunIsInterrupted) {
  const run::Pid run = StartFull();
  ASSERT_TRUE(Until([&] { return Steals(); }));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    thief "), HasSubstr("pass    put-back")));
  ExpectRigAsBefore();
}

TEST_F(Thief, IsPutBackAfterARunThatWasKilled) {
  for (const char* serve : {"", "serve"}) {
    if (*serve != '\0') Start({serve});
    const run::Pid run = StartFull();
    ASSERT_TRUE(Until([&] { return Steals(); }));
    host_.Kill(run);
    WaitFor(run);
    ASSERT_TRUE(world_.scene().Has(LinePath()));
    EXPECT_THAT(Zprov({"--hil"}).out, HasSubstr("fail    left-over"));
    const run::Ended ended = RunFull();
    EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("pass    put-back"), HasSubstr("pass    thief ")));
    ExpectRigAsBefore();
  }
}

TEST_F(Thief, IsGoneForGoodOnceItIsNotedNoMore) {
  happens_ = [this] { world_.scene().SyncAll(); };
  const run::Pid run = StartFull();
  std::optional<bool> is_back;  // if the host lost its power just then
  host_.Find(run)->seam.BeforeEach([this, &is_back](uint64_t, faults::Touch) {
    const auto mark = ReadRunMark(world_.system(), spec_);
    if (is_back || !stole_ || !mark || !*mark || !(*mark)->laid.empty()) return;
    const auto after = world_.disk().AfterPowerCut();
    is_back = sim::View(*after).NodeAt(LinePath(), sim::Last::kKeep).has_value();
  });
  EXPECT_EQ(WaitFor(run).exit, 0);
  EXPECT_EQ(is_back, false);
}

TEST_F(Thief, LeavesACommandLineThatIsWrittenAfterTheRunWasKilled) {
  const run::Pid run = StartFull();
  ASSERT_TRUE(Until([&] { return Steals(); }));
  host_.Kill(run);
  WaitFor(run);
  const run::Ended rendered = Zprov({"render", "cmdline:s1"});
  world_.Put(LinePath(), rendered.out);
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("pass    put-back"), HasSubstr("skip    thief ")));
  EXPECT_EQ(world_.scene().Content(LinePath()), rendered.out);
}

TEST_F(Thief, LeavesADirectoryThatIsMadeThereAfterTheRunWasKilled) {
  const run::Pid run = StartFull();
  ASSERT_TRUE(Until([&] { return Steals(); }));
  host_.Kill(run);
  WaitFor(run);
  world_.scene().Remove(LinePath());
  world_.scene().MakeDirectory(LinePath());
  EXPECT_THAT(RunFull().out, HasSubstr("pass    put-back"));
  EXPECT_TRUE(world_.scene().Has(LinePath()));
}

TEST_F(Thief, LeavesACommandLineThatIsWrittenWhileItsBaitIsMade) {
  const run::Ended rendered = Zprov({"render", "cmdline:s1"});
  each_step_ = [this, &rendered] {
    const bool is_baited = world_.scene().Has(generations::Directory(spec_, 2));
    if (is_baited && !world_.scene().Has(LinePath())) world_.Put(LinePath(), rendered.out);
    Steals();
  };
  const run::Ended ended = RunFull();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    thief "),
                               HasSubstr("/x/sboot/1-1.3/cmdline.txt is yours, and stays\n")));
  EXPECT_FALSE(stole_);
  EXPECT_EQ(world_.scene().Content(LinePath()), rendered.out);
}

// The note is root's own; all the same nothing goes that is not the run's to take away.
TEST_F(Thief, TakesNothingAwayThatIsNoBootFile) {
  world_.Put("/home/pi/notes", "mine");
  ASSERT_TRUE(WriteRunMark(world_.system(), spec_,
                           {.newest = 1, .made = {}, .nodes = {"s0"}, .laid = "/home/pi/notes"}));
  EXPECT_EQ(RunFull().exit, 0);
  EXPECT_EQ(world_.scene().Content("/home/pi/notes"), "mine");
}

}  // namespace
}  // namespace zprov::hil
