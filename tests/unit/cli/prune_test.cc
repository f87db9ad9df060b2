// zprov prune: what a person reads, and the exit codes.
#include <gmock/gmock.h>

#include "unit/cli/cluster.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Generations 1, 2 and 3.
void UpdateTwice(Cluster& cluster) {
  ASSERT_EQ(cluster({"update"}).exit, 0);
  ASSERT_EQ(cluster({"update"}).exit, 0);
}

TEST(Prune, OfFewGenerationsHasNothingToRemove) {
  Cluster cluster;
  const Said prune = cluster({"prune"});
  EXPECT_EQ(prune.exit, 0) << prune.err;
  EXPECT_EQ(prune.out, "nothing to remove\n");
}

TEST(Prune, KeepsAsManyAsAskedAndAWayBack) {
  Cluster cluster;
  UpdateTwice(cluster);
  const Said prune = cluster({"prune", "--keep", "1"});
  EXPECT_EQ(prune.exit, 0) << prune.err;
  EXPECT_EQ(prune.out, "removed generation 1: s0, s1, s2, s3, s4\n5 roots removed\n");
  EXPECT_FALSE(cluster.host.world.scene().Has("/x/.zprov/gen/1"));
  EXPECT_THAT(cluster({"rollback"}).out, EndsWith("5 nodes back from generation 3 to 2\n"));
}

TEST(Prune, HoldsWhatARunningNodeMayRunAndSaysHowToFreeIt) {
  Cluster cluster;
  UpdateTwice(cluster);
  cluster.Boot("1-1.3", "192.168.7.37");
  const Said prune = cluster({"prune", "--keep", "1"});
  EXPECT_EQ(prune.exit, 0) << prune.err;
  EXPECT_THAT(prune.out, AllOf(HasSubstr("removed from generation 1: s0, s2, s3, s4\n"),
                               HasSubstr("held generation 1 of s1: "),
                               HasSubstr("shut s1 down and prune again"),
                               EndsWith("\n4 roots removed, 1 held\n")));
  EXPECT_TRUE(cluster.host.world.scene().Has("/x/.zprov/gen/1/s1/root"));
  EXPECT_EQ(cluster({"prune", "--keep", "1", "--assume-down", "s1"}).out,
            "removed generation 1: s1\n1 root removed\n");
  EXPECT_FALSE(cluster.host.world.scene().Has("/x/.zprov/gen/1"));
}

}  // namespace
}  // namespace zprov::cli
