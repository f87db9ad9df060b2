// zprov status: what a person reads, and the exit codes.
#include <gmock/gmock.h>

#include "unit/cli/cluster.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST(Status, BeforeApplyShowsNodesWithoutRoots) {
  RigHost host;
  const Said status = host({"status"});
  EXPECT_EQ(status.exit, 0) << status.err;
  EXPECT_THAT(status.err, IsEmpty());
  EXPECT_THAT(status.out, AllOf(HasSubstr("\ns0    down  -     none  -    -"),
                                EndsWith("\n5 nodes: 5 down; no root: all\n")));
}

TEST(Status, ShowsWhatEachNodeWouldGetAndHowOldItIs) {
  Cluster cluster;
  cluster.host.world.clock().Advance(std::chrono::hours(3));
  const Said status = cluster({"status"});
  EXPECT_EQ(status.exit, 0) << status.err;
  const auto lines = LinesWithEndings(status.out);
  ASSERT_EQ(lines.size(), 7u) << status.out;
  EXPECT_THAT(std::string(lines[0]), StartsWith("NODE  LIFE  RUNS  NEXT  AGE  SOURCE  KERNEL"));
  EXPECT_THAT(std::string(lines[1]), MatchesRegex("s0    down  -     1     3 h  /       .* nothing "
                                                  ".*port 1-1.2 shows the boot ROM\n"));
  EXPECT_EQ(lines[6], "5 nodes: 5 down; next boot: generation 1\n");
}

TEST(Status, ShowsWhatARunningNodeMayRun) {
  Cluster cluster;
  cluster.Install("/usr/local/bin/blink");
  ASSERT_EQ(cluster({"update"}).exit, 0);
  cluster.Boot("1-1.3", "192.168.7.37");
  EXPECT_THAT(cluster({"status"}).out,
              AllOf(HasSubstr(" 1 or 2 "), EndsWith("; a reboot may change s1\n")));
}

TEST(Status, OfOneNodeIsAllThatIsKnownOfIt) {
  Cluster cluster;
  cluster.host.world.clock().Advance(std::chrono::hours(3));
  cluster.host.world.Put("/x/.zprov/gen/1/s2/root/var/log/big", std::string(5000, 'b'));
  const Said status = cluster({"status", "s2"});
  EXPECT_EQ(status.exit, 0) << status.err;
  EXPECT_THAT(status.out, AllOf(StartsWith("s2\n  life         down: port 1-1.4 shows"),
                                HasSubstr("(3 h ago) from /, kernel "),
                                HasSubstr("\n  wrote        1 file, 5.0 kB\n"),
                                HasSubstr("5.0 kB  var/log/big\n")));
}

TEST(Status, ShowsThatAManagedFileDiffers) {
  Cluster cluster;
  cluster.host.world.Put("/etc/hosts", "127.0.0.1 localhost\n");
  const Said status = cluster({"status"});
  EXPECT_EQ(status.exit, 0);
  EXPECT_THAT(status.out, HasSubstr("\nmanaged files differ: change /etc/hosts; `zprov plan`"));
}

TEST(Status, ChangesNothingThatANodeOrAPersonWouldSee) {
  Cluster cluster;
  const std::string etc = cluster.host.world.Dump("/etc");
  const std::string current = cluster.host.world.Dump("/x/.zprov/current");
  ASSERT_EQ(cluster({"status"}).exit, 0);
  EXPECT_EQ(cluster.host.world.Dump("/etc"), etc);
  EXPECT_EQ(cluster.host.world.Dump("/x/.zprov/current"), current);
}

TEST(Status, OfARecordThatCannotBeReadEndsWith1AndNamesIt) {
  Cluster cluster;
  cluster.host.world.Put("/x/.zprov/gen/1/record.json", "{ half");
  const Said status = cluster({"status"});
  EXPECT_EQ(status.exit, 1);
  EXPECT_THAT(status.out, IsEmpty());
  EXPECT_THAT(status.err, HasSubstr("/x/.zprov/gen/1/record.json"));
}

}  // namespace
}  // namespace zprov::cli
