// zprov update: what a person reads, and the exit codes.
#include <gmock/gmock.h>

#include <stdexcept>
#include <utility>

#include "unit/cli/cluster.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Update, GivesEveryNodeANewGenerationAndSaysSo) {
  Cluster cluster;
  cluster.Install(kBlink);
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, StartsWith("NODE  WAS  NOW\ns0    1    2\ns1    1    2\n"));
  EXPECT_THAT(update.out, MatchesRegex("(.*\n)+generation 2 made for 5 nodes, kernel [^ ]+\n"));
  EXPECT_THAT(update.out, Not(HasSubstr("keep running")));
  EXPECT_TRUE(cluster.host.world.scene().Has("/x/.zprov/current/s4/root" + std::string(kBlink)));
}

TEST(Update, OfSomeNodesLeavesTheOthersAloneWhateverTheirOrder) {
  Cluster cluster;
  const Said update = cluster({"update", "s3", "s1", "s3"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, StartsWith("NODE  WAS  NOW\ns1    1    2\ns3    1    2\n"));
  EXPECT_THAT(cluster({"status", "s0"}).out, HasSubstr("next boot    generation 1"));
}

TEST(Update, TellsItsProgressOnStderrAlone) {
  Cluster cluster;
  const Said update = cluster({"update", "--json"});
  EXPECT_EQ(update.exit, 0);
  EXPECT_THAT(update.err, Not(IsEmpty()));
  EXPECT_THAT(update.out, StartsWith("{"));
}

TEST(Update, NamesTheNodesThatKeepTheirOldGenerationUntilTheyReboot) {
  Cluster cluster;
  cluster.Boot("1-1.3", "192.168.7.37");
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out,
              HasSubstr("\ns1 keeps running its old generation until it reboots\ngeneration 2"));
}

TEST(Update, IfChangedMakesNothingWhileTheSourceIsTheSame) {
  Cluster cluster;
  ASSERT_EQ(cluster({"update"}).exit, 0);
  const Said same = cluster({"update", "--if-changed"});
  EXPECT_EQ(same.exit, 0) << same.err;
  EXPECT_EQ(same.out, "nothing to do: the content is what the nodes have already\n");
  cluster.Install(kBlink);
  EXPECT_THAT(cluster({"update", "--if-changed"}).out, HasSubstr("generation 3 made"));
}

// s1 comes up when the NFS server is told of the new roots, shortly before the pointers move.
class CompatibleClusterThatWakes : public Cluster {
 public:
  CompatibleClusterThatWakes() : Cluster(CompatibleRig()) {
    if ((*this)({"update"}).exit != 0) throw std::logic_error("no second generation");
    host.world.processes().Install("exportfs", [this](const auto& argv) {
      if (!std::exchange(is_up_, true)) Boot("1-1.3", "192.168.7.37");
      return host.world.nfs().Exportfs(argv);
    });
  }

 private:
  bool is_up_ = false;
};

TEST(Update, FailsWhereANodeComesUpWhileThePointersMoveAndSaysWhatToDo) {
  CompatibleClusterThatWakes cluster;
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 1);
  EXPECT_THAT(update.out, AllOf(HasSubstr("\ns3    2    3\n"), HasSubstr("skipped: s1 is up ("),
                                HasSubstr("generation 3 made for 4 nodes")));
  EXPECT_THAT(update.err,
              AllOf(HasSubstr("s1 is up ("), HasSubstr("keeps the root that it runs: halt it "
                                                       "and update it by its name")));
  EXPECT_THAT(cluster({"status", "s1"}).out, HasSubstr("next boot    generation 2"));
  EXPECT_TRUE(cluster.host.world.scene().Has("/x/.zprov/gen/3/s0"));
  EXPECT_FALSE(cluster.host.world.scene().Has("/x/.zprov/gen/3/s1")) << "it never ran that";
}

TEST(Update, MakesNoGenerationForNodesThatAllComeUpWhileThePointersMove) {
  CompatibleClusterThatWakes cluster;
  const Said update = cluster({"update", "s1"});
  EXPECT_EQ(update.exit, 1);
  EXPECT_THAT(update.out,
              AllOf(HasSubstr("skipped: s1 is up ("), EndsWith("no generation was made\n")));
  EXPECT_FALSE(cluster.host.world.scene().Has("/x/.zprov/gen/3"));
}

TEST(Update, LeavesOutANodeThatComesUpWhileThePointersMoveWhereItMay) {
  CompatibleClusterThatWakes cluster;
  const Said update = cluster({"update", "--skip-up"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, HasSubstr("skipped: s1 is up ("));
}

TEST(Rollback, FailsWhereANodeComesUpWhileThePointersMoveAndSaysWhatToDo) {
  CompatibleClusterThatWakes all;
  const Said some = all({"rollback"});
  EXPECT_EQ(some.exit, 1);
  EXPECT_THAT(some.err, AllOf(HasSubstr("s1 is up ("), HasSubstr("while the others went back"),
                              HasSubstr("roll it back by its name")));
  EXPECT_THAT(all({"status", "s3"}).out, HasSubstr("next boot    generation 1"));
  CompatibleClusterThatWakes one;
  const Said none = one({"rollback", "s1"});
  EXPECT_EQ(none.exit, 1);
  EXPECT_THAT(none.err, AllOf(HasSubstr("s1 is up ("), Not(HasSubstr("the others"))));
}

TEST(Update, OfARunningNodeInTheCompatibleModeIsRefusedWithTheEvidence) {
  Cluster cluster(CompatibleRig());
  cluster.Boot("1-1.3", "192.168.7.37");
  const std::string before = cluster.host.world.Dump();
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 3);
  EXPECT_THAT(update.out, IsEmpty());
  EXPECT_THAT(update.err,
              AllOf(HasSubstr("s1 is "), HasSubstr("--skip-up"), HasSubstr("--assume-down")));
  EXPECT_EQ(cluster.host.world.Dump(), before);
}

TEST(Update, SkipUpLeavesOutTheRunningNodeAndNamesIt) {
  Cluster cluster(CompatibleRig());
  cluster.Boot("1-1.3", "192.168.7.37");
  const Said update = cluster({"update", "--skip-up"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, AllOf(HasSubstr("\nskipped: s1 is "), Not(HasSubstr("\ns1 ")),
                                HasSubstr("generation 2 made for 4 nodes")));
}

TEST(Update, AssumeDownTakesTheNodeForDown) {
  Cluster cluster(CompatibleRig());
  cluster.Boot("1-1.3", "192.168.7.37");
  const Said update = cluster({"update", "--assume-down", "s1"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, HasSubstr("generation 2 made for 5 nodes"));
}

TEST(Update, WithoutAKernelIsRefused) {
  Cluster cluster;
  cluster.host.world.scene().Remove("/lib/modules");
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 3) << update.out;
  EXPECT_THAT(update.out, IsEmpty());
  EXPECT_THAT(update.err, HasSubstr("kernel"));
}

TEST(Update, ThatFailsEndsWith1AndSaysWhatStands) {
  Cluster cluster;
  const std::string before = cluster.host.world.Dump("/x/.zprov/current");
  cluster.host.world.processes().InstallInside("mkinitramfs", [](const auto&, os::InsideRoot&) {
    return sim::ProgramRun{.error = "mkinitramfs: no space", .exit_code = 1};
  });
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 1);
  EXPECT_THAT(update.out, IsEmpty());
  EXPECT_THAT(update.err, AllOf(HasSubstr("mkinitramfs: no space"),
                                HasSubstr("no node is left between two generations")));
  EXPECT_EQ(cluster.host.world.Dump("/x/.zprov/current"), before);
}

TEST(Update, OfFiftyNodesIsOneRowForEach) {
  Cluster cluster(RunWith({"init", "--nodes", "50"}, WiringOf({})).out);
  const Said update = cluster({"update"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out, HasSubstr("\ns49   1    2\n"));
  EXPECT_THAT(update.out, HasSubstr("generation 2 made for 50 nodes"));
  EXPECT_THAT(cluster({"status"}).out, HasSubstr("\n50 nodes: "));
}

TEST(Update, BeforeTheFirstApplyIsRefusedAndSaysWhatToDoFirst) {
  RigHost host;
  const Said update = host({"update"});
  EXPECT_EQ(update.exit, 3);
  EXPECT_THAT(update.err, HasSubstr("zprov apply"));
}

TEST(Update, OfAHostWithAnInvalidSpecEndsWith2) {
  RigHost host("");
  EXPECT_EQ(host({"update"}).exit, 2);
}

// Which of the two lists has the name does not matter.
class NoSuchNode : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(NoSuchNode, EndsWith2AndTheNearestNameAndChangesNothing) {
  Cluster cluster;
  const std::string before = cluster.host.world.Dump();
  const Said said = cluster(GetParam());
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_EQ(said.err, "zprov: the spec has no node s7: did you mean s0?\n");
  EXPECT_EQ(cluster.host.world.Dump(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Of, NoSuchNode,
    ::testing::Values(std::vector<std::string>{"update", "s7"},
                      std::vector<std::string>{"update", "s0", "s7", "s1"},
                      std::vector<std::string>{"update", "--assume-down", "s7"},
                      std::vector<std::string>{"rollback", "s7"},
                      std::vector<std::string>{"rollback", "--assume-down", "s7"},
                      std::vector<std::string>{"prune", "--assume-down", "s7"},
                      std::vector<std::string>{"status", "s7"}));

TEST(NoSuchNodes, AreAllNamedAtOnceAndAWildOneWithoutAGuess) {
  Cluster cluster;
  EXPECT_EQ(cluster({"update", "s8", "everybody"}).err,
            "zprov: the spec has no node s8: did you mean s0?\n"
            "zprov: the spec has no node everybody\n");
}

class NeedsTheLock : public ::testing::TestWithParam<const char*> {};

TEST_P(NeedsTheLock, AndIsRefusedWhileAnotherHasItWhomItNames) {
  Cluster cluster;
  const auto lock =
      cluster.host.world.system().locks.TryLock("/x/.zprov/lock", "zprov apply, pid 99");
  ASSERT_TRUE(lock);
  const std::string before = cluster.host.world.Dump();
  const Said said = cluster({GetParam()});
  EXPECT_EQ(said.exit, 3);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_THAT(said.err, HasSubstr("zprov apply, pid 99"));
  EXPECT_EQ(cluster.host.world.Dump(), before);
}

INSTANTIATE_TEST_SUITE_P(Each, NeedsTheLock, ::testing::Values("update", "rollback", "prune"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace zprov::cli
