// The level "full" on the simulated rig, through the real command line: nodes take generations that
// the run makes, go back, and nothing of them is left; also when the run is cut off.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

#include "core/generations/layout.h"
#include "hil/run_mark.h"
#include "tests/hil/cycled_rig.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

class Full : public CycledRig {
 protected:
  Full() {
    // What the levels before do has tests of its own.
    for (const char* scenario :
         {"throughput", "link-loss", "reboot", "reboot-all", "cold-boot", "cold-boot-all",
          "cut-rom", "cut-first-stage", "cut-files", "cut-kernel", "cut-mounted", "thief"}) {
      Quarantine(scenario);
    }
  }

  std::vector<std::string> Words() const { return {"--hil", "--level", "full", "--yes"}; }

  int Current(const std::string& node) {
    const auto text =
        world_.system().files.ReadSymlink(generations::CurrentPath(spec_, node)).value();
    return generations::NumberInPointer(text, node).value();
  }

  bool HasGeneration(int number) const {
    return world_.scene().Has(generations::Directory(spec_, number));
  }

  // Whom the row "put-back" of a document names.
  static std::vector<std::string> PutBackIn(const std::string& document) {
    const size_t end = document.find(" had to be put back");
    if (end == std::string::npos) return {};
    const size_t begin = document.rfind('"', end) + 1;
    std::vector<std::string> names;
    for (const auto name : Split(std::string_view(document).substr(begin, end - begin), ',')) {
      names.emplace_back(Trim(name));
    }
    return names;
  }

  // As before the run: nothing of it is left, and every node runs what it ran.
  void ExpectRigAsBefore() {
    EXPECT_TRUE(AllAreHealthy());
    for (const spec::Node& node : spec_.nodes) EXPECT_EQ(Current(node.name), 1) << node.name;
    for (const int made : {2, 3, 4, 5}) EXPECT_FALSE(HasGeneration(made)) << made;
    EXPECT_FALSE(world_.scene().Has(RunMarkPath(spec_)));
    EXPECT_THAT(world_.scene().Content("/etc/exports"), Not(HasSubstr("gen/2")));
    EXPECT_EQ(Run("generations").outcome, Outcome::kPass) << "every node runs what it would get";
  }
};

TEST_F(Full, PassesOnARigThatIsWellAndLeavesNothingBehind) {
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("update          makes a generation"));
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("\npass    update "), HasSubstr("\npass    update-reboot "),
                    HasSubstr("\npass    update-cut "), Not(HasSubstr("put-back"))));
  EXPECT_THAT(Boots(), Each(1 + 4 + 7)) << "into each of two generations and back; and into a "
                                           "third, cut in five stages, and back";
  ExpectRigAsBefore();
}

TEST_F(Full, PassesBesideServe) {
  Quarantine("serve");
  Start({"serve"});
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\npass    update-cut "));
  ExpectRigAsBefore();
}

TEST_F(Full, KeepsWhatTheOperatorHas) {
  for (int i = 0; i < 6; ++i) Update({});
  ASSERT_EQ(Zprov({"reboot", "s0", "s1", "s2", "s3", "s4"}).exit, 0);
  ASSERT_EQ(Current("s0"), 7);
  std::vector<bool> before;
  for (int number = 0; number < 8; ++number) before.push_back(HasGeneration(number));
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  for (int number = 0; number < 8; ++number) {
    EXPECT_EQ(HasGeneration(number), before[static_cast<size_t>(number)]) << number;
  }
  EXPECT_FALSE(HasGeneration(8));
  EXPECT_EQ(Current("s0"), 7);
}

TEST_F(Full, NamesANodeThatDoesNotTakeItsUpdate) {
  Board(1).Suffer(sim::zero::Fault::kIgnoresOrders, sim::zero::kEveryBoot);
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    update "),
                               HasSubstr("s1: did not come back from its reboot, at stage"),
                               Not(HasSubstr("s0: did not"))));
  ExpectRigAsBefore();
}

TEST_F(Full, NamesANodeThatDoesNotTakeItsUpdateInOneAct) {
  Quarantine("update");
  Board(1).Suffer(sim::zero::Fault::kIgnoresOrders, sim::zero::kEveryBoot);
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    update-reboot "),
                               HasSubstr("s1: did not come back from its reboot")));
  ExpectRigAsBefore();
}

TEST_F(Full, NamesANodeThatDoesNotComeThroughTheCutsOfItsUpdate) {
  Quarantine("update");
  Quarantine("update-reboot");
  bool is_planted = false;
  each_step_ = [&] {
    if (is_planted || Board(1).boots() < 6) return;
    is_planted = true;
    Board(1).Suffer(sim::zero::Fault::kNoGadget, 1);
  };
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    update-cut "), HasSubstr("s1: was given up: "),
                               HasSubstr("cure: zprov status s1 has its boot request by request"),
                               Not(HasSubstr("s0: was given up"))));
  EXPECT_THAT(ended.out, HasSubstr("pass    put-back"));
  ExpectRigAsBefore();
}

TEST_F(Full, IsTheInfrastructuresFaultWhenNothingCanBeMade) {
  world_.Put("/var/lib/dpkg/lock", "");
  world_.scene().HoldRecordLock("/var/lib/dpkg/lock");
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 5);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("infra   update "), HasSubstr("tried twice")));
  ExpectRigAsBefore();
}

TEST_F(Full, PutsTheRigBackWhenItIsInterrupted) {
  const run::Pid run = Start(Words());
  ASSERT_TRUE(Until([&] { return Board(2).boots() == 2; })) << "it boots the new generation";
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("; interrupted\n"));
  ExpectRigAsBefore();
}

// The operator went on after a run of his was killed: what he made is his.
TEST_F(Full, NeitherLeavesNorRemovesWhatTheOperatorMadeAfterARunWasKilled) {
  const run::Pid run = Start(Words());
  ASSERT_TRUE(Until([&] { return Board(2).boots() == 2; })) << "it boots the run's generation";
  host_.Kill(run);
  WaitFor(run);
  Update({});
  ASSERT_EQ(Current("s0"), 3);
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  for (const spec::Node& node : spec_.nodes) EXPECT_EQ(Current(node.name), 3) << node.name;
  EXPECT_TRUE(HasGeneration(3));
  EXPECT_FALSE(HasGeneration(2)) << "the killed run's own";
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_EQ(Run("generations").outcome, Outcome::kPass) << "every node runs what it would get";
}

// No record is kept of a boot whose serve was killed: the next run finds the board as it waits for
// its link, and it comes up with what was made.
TEST_F(Full, NeverRemovesWhatANodeRunsThatComesUpAfterARunWasKilled) {
  const run::Pid run = Start(Words());
  ASSERT_TRUE(Until([&] { return Board(2).boots() == 2 && Board(2).stage() == Stage::kGadget; }));
  host_.Kill(run);
  WaitFor(run);
  std::vector<std::string> words = Words();
  words.emplace_back("--json");
  const run::Ended ended = Zprov(words);
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  const auto names = PutBackIn(ended.out);
  EXPECT_EQ(std::ranges::count(names, "s2"), 1);
  for (const std::string& name : names) EXPECT_EQ(std::ranges::count(names, name), 1) << name;
  ExpectRigAsBefore();
}

// Killed while it boots into what it made, while it goes back, and so on.
class FullKilledInABoot : public Full, public ::testing::WithParamInterface<int> {};

TEST_P(FullKilledInABoot, IsPutBackByTheNextRun) {
  const run::Pid run = Start(Words());
  ASSERT_TRUE(Until([&] { return Board(2).boots() == GetParam(); }));
  host_.Kill(run);
  WaitFor(run);
  ASSERT_TRUE(world_.scene().Has(RunMarkPath(spec_)));
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  ExpectRigAsBefore();
}

INSTANTIATE_TEST_SUITE_P(EachBoot, FullKilledInABoot, ::testing::Values(2, 3, 4, 5));

// The host's power goes meanwhile: its processes with what they had not synced, and every board's
// boot. Its service boots the nodes again, whatever they get, before anybody runs the suite.
class FullWithoutPowerInABoot : public Full, public ::testing::WithParamInterface<int> {
 protected:
  FullWithoutPowerInABoot() { Quarantine("serve"); }  // here it is no unit's
};

TEST_P(FullWithoutPowerInABoot, IsPutBackByTheNextRun) {
  world_.scene().SyncAll();
  Start(Words());
  ASSERT_TRUE(Until([&] { return Board(2).boots() == GetParam(); }));
  host_.KillAll();
  world_.CutPower();
  ASSERT_TRUE(world_.scene().Has(RunMarkPath(spec_))) << "it was synced before anything else";
  Start({"serve"});
  const run::Ended ended = Zprov(Words());
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  ExpectRigAsBefore();
}

INSTANTIATE_TEST_SUITE_P(EachBoot, FullWithoutPowerInABoot, ::testing::Values(2, 3, 4, 5));

}  // namespace
}  // namespace zprov::hil
