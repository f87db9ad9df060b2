// zprov rollback: what a person reads, and the exit codes.
#include <gmock/gmock.h>

#include "unit/cli/cluster.h"

namespace zprov::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Rollback, BringsTheGenerationBeforeBackAndTheOneAfterAgainWithUpdate) {
  Cluster cluster;
  cluster.Install(kBlink);
  ASSERT_EQ(cluster({"update"}).exit, 0);
  const Said rollback = cluster({"rollback"});
  EXPECT_EQ(rollback.exit, 0) << rollback.err;
  EXPECT_EQ(rollback.out,
            "NODE  WAS  NOW\n"
            "s0    2    1\n"
            "s1    2    1\n"
            "s2    2    1\n"
            "s3    2    1\n"
            "s4    2    1\n"
            "5 nodes back from generation 2 to 1\n");
  EXPECT_FALSE(cluster.host.world.scene().Has("/x/.zprov/current/s0/root" + std::string(kBlink)));
  EXPECT_THAT(cluster({"update"}).out, HasSubstr("generation 3 made for 5 nodes"));
}

TEST(Rollback, OfOneNodeLeavesTheOthers) {
  Cluster cluster;
  ASSERT_EQ(cluster({"update"}).exit, 0);
  EXPECT_THAT(cluster({"rollback", "s2"}).out,
              EndsWith("s2    2    1\n1 node back from generation 2 to 1\n"));
  EXPECT_THAT(cluster({"status"}).out, EndsWith("next boot: generations 1, 2\n"));
}

TEST(Rollback, OfTheFirstGenerationIsRefusedAndChangesNothing) {
  Cluster cluster;
  const std::string before = cluster.host.world.Dump("/x/.zprov/current");
  const Said rollback = cluster({"rollback"});
  EXPECT_EQ(rollback.exit, 3);
  EXPECT_THAT(rollback.out, IsEmpty());
  EXPECT_THAT(rollback.err, HasSubstr("s0"));
  EXPECT_EQ(cluster.host.world.Dump("/x/.zprov/current"), before);
}

TEST(Rollback, SaysWhoKeepsRunningTheNewerOne) {
  Cluster cluster;
  ASSERT_EQ(cluster({"update"}).exit, 0);
  cluster.Boot("1-1.2", "192.168.7.33");
  EXPECT_THAT(cluster({"rollback"}).out,
              HasSubstr("s0 keeps running its present generation until it reboots\n"));
}

}  // namespace
}  // namespace zprov::cli
