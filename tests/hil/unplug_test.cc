// Plugs that are pulled during a run of the level "cycle": of boards that their cable feeds, and of
// those with a supply of their own; and a plug that a run left out.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "hil/run_mark.h"
#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPlug[] = "/usr/local/sbin/plug";

// With somebody who pulls plugs when he is asked to, and nothing else of the level.
class CycleWithPulledPlugs : public CycledRig {
 protected:
  CycleWithPulledPlugs() {
    Describe("[plugs]\npull = \"/usr/local/sbin/plug\"\n");
    for (const char* scenario : {"theft", "packets", "throughput", "serve", "link-loss", "reboot",
                                 "reboot-all", "cold-boot", "cold-boot-all", "cut-rom",
                                 "cut-first-stage", "cut-files", "cut-kernel", "cut-mounted"}) {
      Quarantine(scenario);
    }
    world_.Put(kPlug, "a program\n", 0755);
    world_.processes().Install(kPlug, [this](const auto& argv) {
      asked_.push_back(argv.at(1) + " " + argv.at(2));
      const auto node = std::ranges::find(spec_.nodes, argv.at(1), &spec::Node::name);
      sim::ProgramRun run = moves_(static_cast<size_t>(node - spec_.nodes.begin()), argv.at(2));
      run.takes = std::chrono::seconds(20);
      return run;
    });
  }

  sim::ProgramRun Move(size_t node, const std::string& where) {
    const bool has_own_supply = own_supply_.contains(node);
    if (where == "out") {
      has_own_supply ? Board(node).UnplugAlive() : Board(node).Unplug();
      out_.insert(node);
    } else if (out_.erase(node) == 1) {
      has_own_supply ? Board(node).PlugInAlive() : Board(node).PlugIn();
    }
    return {};
  }

  run::Pid StartCycle() { return Start({"--hil", "--level", "cycle", "--yes"}); }

  std::function<sim::ProgramRun(size_t node, const std::string& where)> moves_ =
      [this](size_t node, const std::string& where) { return Move(node, where); };
  std::set<size_t> own_supply_;     // who has one
  std::set<size_t> out_;            // whose plug is
  std::vector<std::string> asked_;  // "s0 out"
};

TEST_F(CycleWithPulledPlugs, PassesWhereTheCableFeedsTheBoards) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("unplug          has each node's plug pulled and put back"));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("pass    unplug "), HasSubstr("skip    exchange "),
                               Not(HasSubstr("put-back"))));
  EXPECT_THAT(asked_, ElementsAre("s0 out", "s0 in", "s1 out", "s1 in", "s2 out", "s2 in", "s3 out",
                                  "s3 in", "s4 out", "s4 in"));
  EXPECT_THAT(Boots(), Each(2));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_FALSE(IsMarked());
}

TEST_F(CycleWithPulledPlugs, PassesWhereBoardsHaveASupplyOfTheirOwn) {
  own_supply_ = {1, 4};
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    unplug "));
  EXPECT_THAT(Boots(), ElementsAre(2, 1, 2, 2, 1));
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(CycleWithPulledPlugs, PassesBesideServeWithoutPower) {
  const std::string rig = world_.scene().Content("/etc/zprov/rig.toml");
  world_.Put("/etc/zprov/rig.toml", rig.substr(rig.find("[plugs]")));
  own_supply_ = {1};
  Start({"serve"});
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    unplug "));
  EXPECT_THAT(Boots(), ElementsAre(2, 1, 2, 2, 2));
}

TEST_F(CycleWithPulledPlugs, NamesABoardThatIsStillThereAndWhomItMet) {
  moves_ = [this](size_t node, const std::string& where) {
    return Move(node == 2 ? 3 : node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    unplug "),
                    HasSubstr("s2: is still at its port 1-1.4 though its plug was "
                              "pulled: was another pulled?"),
                    HasSubstr("cure: see that what pull under [plugs] in rig.toml takes for s2"),
                    HasSubstr("s3: was disturbed by another node's restart"),
                    Not(HasSubstr("s4: ")), Not(HasSubstr("put-back"))));
  EXPECT_THAT(Boots(), ElementsAre(2, 2, 1, 3, 2));
}

TEST_F(CycleWithPulledPlugs, NamesAPlugThatIsNotPutInAgain) {
  moves_ = [this](size_t node, const std::string& where) {
    return node == 2 && where == "in" ? sim::ProgramRun{} : Move(node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("s2: its plug was put in again, and nothing shows at its port 1-1.4"),
            HasSubstr("cure: see that its plug is in there, all the way, then zprov boot s2"),
            Not(HasSubstr("s3: "))));
  EXPECT_EQ(Board(3).boots(), 2) << "the others' plugs are pulled all the same";
}

TEST_F(CycleWithPulledPlugs, NamesANodeThatDoesNotComeBack) {
  moves_ = [this](size_t node, const std::string& where) {
    if (node == 1 && where == "out") Board(1).Suffer(sim::zero::Fault::kNoGadget, 2);
    return Move(node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s1: did not come back when its plug was in again: failed "
                                         "at stage \"quarantined\" "),
                               HasSubstr("cure: zprov status s1 has its boot request by request"),
                               HasSubstr("pass    put-back"), Not(HasSubstr("s2: "))));
  EXPECT_TRUE(AllAreHealthy()) << "by its power";
}

TEST_F(CycleWithPulledPlugs, NamesANodeThatComesBackAsAnotherBoard) {
  moves_ = [this](size_t node, const std::string& where) {
    if (node == 1 && where == "out") Board(1).ChangePlacesWith(Board(2));
    return Move(node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("s1: came back as another board"));
}

TEST_F(CycleWithPulledPlugs, NamesANodeThatRunsOnAndHasLostItsRoot) {
  own_supply_ = {1};
  moves_ = [this](size_t node, const std::string& where) {
    if (node == 1 && where == "out") Unexport(1);
    return Move(node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s1: does not use its root any more since it was away"),
                               HasSubstr("cure: zprov reboot s1")));
}

TEST_F(CycleWithPulledPlugs, LeavesNothingToPutBackWhereThereIsNoSuchProgram) {
  const std::string rig = world_.scene().Content("/etc/zprov/rig.toml");
  const size_t at = rig.find(kPlug);
  world_.Put("/etc/zprov/rig.toml", rig.substr(0, at) + "/usr/local/sbin/plg" +
                                        rig.substr(at + std::string_view(kPlug).size()));
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 5);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("infra   unplug "), HasSubstr("/usr/local/sbin/plg"),
                               Not(HasSubstr("put-back"))));
  EXPECT_THAT(Boots(), Each(1));
  EXPECT_FALSE(IsMarked());
}

TEST_F(CycleWithPulledPlugs, PutsInThePlugOfATryThatFailedBeforeItPullsAnother) {
  int refused = 0;
  moves_ = [this, &refused](size_t node, const std::string& where) -> sim::ProgramRun {
    if (node == 2 && where == "in" && ++refused == 1) {
      return {.error = "nobody is there", .exit_code = 3};
    }
    return Move(node, where);
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("/usr/local/sbin/plug, which pulls plugs, ended with 3: nobody "
                                   "is there"));
  EXPECT_THAT(asked_, ::testing::Contains("s2 in").Times(3));
  EXPECT_TRUE(out_.empty());
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(CycleWithPulledPlugs, PutsThePlugInWhenItIsInterrupted) {
  const run::Pid run = StartCycle();
  ASSERT_TRUE(Until([&] { return out_.contains(1); }));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    unplug "), HasSubstr("interrupted\n"),
                               HasSubstr("pass    put-back")));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_FALSE(IsMarked());
}

TEST_F(CycleWithPulledPlugs, PutsThePlugInAfterARunThatWasKilled) {
  for (const bool has_own_supply : {false, true}) {
    asked_.clear();
    if (has_own_supply) own_supply_ = {1};
    const run::Pid run = StartCycle();
    ASSERT_TRUE(Until([&] { return out_.contains(1); }));
    host_.Kill(run);
    WaitFor(run);
    EXPECT_TRUE(IsMarked());
    asked_.clear();
    const run::Ended ended = RunCycle({"--json"});
    EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
    EXPECT_EQ(asked_.front(), "s1 in");
    EXPECT_THAT(ended.out, HasSubstr("\"s1 had to be put back\""));
    EXPECT_TRUE(AllAreHealthy());
    EXPECT_FALSE(IsMarked());
  }
}

TEST_F(CycleWithPulledPlugs, SaysWhosePlugNobodyPutsInAnyMore) {
  const run::Pid run = StartCycle();
  ASSERT_TRUE(Until([&] { return out_.contains(1); }));
  host_.Kill(run);
  WaitFor(run);
  moves_ = [](size_t, const std::string&) -> sim::ProgramRun {
    return {.error = "nobody is there", .exit_code = 3};
  };
  EXPECT_THAT(RunCycle().out, AllOf(HasSubstr("fail    put-back"),
                                    HasSubstr("s1: its plug may be out: /usr/local/sbin/plug, "),
                                    HasSubstr("cure: put it in by hand, zprov boot s1"),
                                    Not(HasSubstr("s1: ran before"))));
  world_.Put("/etc/zprov/rig.toml", "[power]\nby = \"none\"\n");
  EXPECT_THAT(RunCycle().out, AllOf(HasSubstr("fail    put-back"),
                                    HasSubstr("s1: its plug may be out, and rig.toml does not say"),
                                    HasSubstr("cure: pull under [plugs] in rig.toml, as it was")));
  EXPECT_TRUE(IsMarked());
}

}  // namespace
}  // namespace zprov::hil
