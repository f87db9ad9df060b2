#include "cli/boots_text.h"

#include <gmock/gmock.h>

#include "unit/cli/cluster.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using engine::BootStep;
using engine::BootTimeline;
using engine::FileRecord;
using nlohmann::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

BootTimeline Stuck() {
  BootTimeline boot;
  boot.node = "s1";
  boot.generation = 2;
  boot.began_ns = 1672628645'000000000;  // 2023-01-02 03:04:05 UTC
  boot.took = milliseconds(98'300);
  boot.ending = "quarantined";
  boot.cause = "serving: it still asks for files";
  boot.steps = {{.what = BootStep::What::kBus, .text = "boot ROM"},
                {milliseconds(200), BootStep::What::kState, "first stage sent"},
                {milliseconds(3100), BootStep::What::kBus, "file server"},
                {milliseconds(98'300), BootStep::What::kState, "quarantined", boot.cause}};
  boot.files = {{.name = "autoboot.txt",
                 .what = FileRecord::What::kExpectedMiss,
                 .at = milliseconds(3200),
                 .took = microseconds(430)},
                {.name = "start.elf", .bytes = 2952928, .at = seconds(4), .took = seconds(1)},
                {.name = "kernel.img",
                 .what = FileRecord::What::kSuspiciousMiss,
                 .at = milliseconds(5010),
                 .took = microseconds(510)},
                {.name = "a\x1b[2J",
                 .what = FileRecord::What::kOdd,
                 .oddity = "it holds control characters",
                 .at = seconds(6)}};
  return boot;
}

TEST(BootsText, IsEmptyOfANodeThatNeverBooted) { EXPECT_EQ(BootsText({}), ""); }

TEST(BootsText, HasALineForEachThingThatHappenedAndARowForEachBootBefore) {
  BootTimeline good = Stuck();
  good.generation.reset();
  good.ending = "healthy";
  good.cause = "";
  good.took = milliseconds(34'240);
  good.files_left_out = 3;
  EXPECT_EQ(BootsText({{{17, Stuck()}, {16, good}}, {"/x/.zprov/boots/s1/15.json: half of it"}}),
            R"(
boot 17 began 2023-01-02 03:04:05 UTC, generation 2: quarantined after 98.3 s: serving: it still asks for files
SECONDS  FILE, * BUS, = STATE  SIZE    MS
0.000    * boot ROM
0.200    = first stage sent
3.100    * file server
3.200    autoboot.txt          -       0.4     expected miss
4.000    start.elf             3.0 MB  1000.0
5.010    kernel.img            -       0.5     suspicious miss
6.000    a\x1b[2J              -       0.0     odd: it holds control characters
98.300   = quarantined                         serving: it still asks for files

before it
BOOT  BEGAN                    GENERATION  ENDING   SECONDS  REQUESTS  MISSED  CAUSE
16    2023-01-02 03:04:05 UTC  -           healthy  34.2     7         1
cannot be read: /x/.zprov/boots/s1/15.json: half of it
)");
}

TEST(BootsText, SaysHowManyRequestsWereNotKept) {
  BootTimeline boot = Stuck();
  boot.files_left_out = 2;
  EXPECT_THAT(BootsText({{{1, boot}}, {}}), HasSubstr("\n2 more requests not kept\n"));
}

TEST(Status, OfANodeShowsItsLastBoot) {
  Cluster cluster;
  ASSERT_EQ(cluster({"boot"}).exit, 0);
  const Said status = cluster({"status", "s3"});
  EXPECT_EQ(status.exit, 0) << status.err;
  EXPECT_THAT(status.out, AllOf(HasSubstr("\nboot 1 began "), HasSubstr(", generation 1: healthy"),
                                HasSubstr("  start.elf "), HasSubstr("= mounted")));
}

TEST(Status, OfANodeHasItsBootsInTheDocumentAndOfAllHasNone) {
  Cluster cluster;
  ASSERT_EQ(cluster({"boot"}).exit, 0);
  cluster.host.world.Put("/x/.zprov/boots/s3/2.json", "half");
  const Said one = cluster({"--json", "status", "s3"});
  EXPECT_EQ(Faults("status", one.out), "");
  const json node = json::parse(one.out)["nodes"][0];
  ASSERT_THAT(node["boots"], SizeIs(1));
  EXPECT_EQ(node["boots"][0]["ending"], "healthy");
  EXPECT_EQ(node["boots"][0]["requests"][0]["name"], "bootcode.bin");
  EXPECT_THAT(node["damaged_boots"], SizeIs(1));

  const Said all = cluster({"--json", "status"});
  EXPECT_EQ(Faults("status", all.out), "");
  EXPECT_THAT(json::parse(all.out)["nodes"][3]["boots"], SizeIs(0));
}

}  // namespace
}  // namespace zprov::cli
