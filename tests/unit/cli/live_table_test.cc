#include "cli/live_table.h"

#include <gmock/gmock.h>

namespace zprov::cli {
namespace {

using engine::NodeState;
using engine::NodeView;
using engine::Snapshot;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

NodeView Serving(const std::string& name, uint64_t bytes) {
  return {.node = name,
          .state = NodeState::kServing,
          .since = seconds(3),
          .session = 1,
          .file = "start.elf",
          .bytes = bytes,
          .began = seconds(1)};
}

NodeView Healthy(const std::string& name) {
  return {.node = name,
          .state = NodeState::kHealthy,
          .since = seconds(2),
          .began = seconds(1),
          .mtu = 7418};
}

TEST(LiveTable, HasARowPerNodeWithStageFileRateAndElapsedTime) {
  LiveTable table({.columns = 100, .rows = 24});
  table.Draw({.at = seconds(4), .nodes = {Serving("s0", 0), Healthy("s1")}});
  NodeView ill = Serving("s2", 0);
  ill.state = NodeState::kRecovering;
  ill.step = "reset the device";
  ill.cause = "serving: no answer in time";
  EXPECT_EQ(
      table.Draw({.at = seconds(5), .nodes = {Serving("s0", 2'500'000), Healthy("s1"), ill}}),
      "\x1b[3A\x1b[J"
      "NODE  STAGE                         FILE       MB/S  ELAPSED  MTU   ERROR\n"
      "s0    serving                       start.elf  2.5   4 s      -\n"
      "s1    healthy                       -          -     3 s      7418\n"
      "s2    recovering: reset the device  start.elf  -     4 s      -     serving: no answer in "
      "time\n");
}

TEST(LiveTable, DrawsOverItselfAndCanBeTakenAway) {
  LiveTable table({});
  EXPECT_THAT(table.Draw({.at = seconds(4), .nodes = {Healthy("s1")}}), StartsWith("NODE"));
  EXPECT_EQ(table.Clear(), "\x1b[2A\x1b[J");
  EXPECT_EQ(table.Clear(), "");
  EXPECT_THAT(table.Draw({.at = seconds(5), .nodes = {Healthy("s1")}}), StartsWith("NODE"));
}

TEST(LiveTable, KeepsTheRateOfTwoDrawingsThatComeTooCloseTogether) {
  LiveTable table({});
  table.Draw({.at = seconds(4), .nodes = {Serving("s0", 0)}});
  table.Draw({.at = seconds(5), .nodes = {Serving("s0", 2'000'000)}});
  EXPECT_THAT(
      table.Draw({.at = seconds(5) + milliseconds(10), .nodes = {Serving("s0", 2'000'000)}}),
      HasSubstr(" 2.0 "));
}

TEST(LiveTable, BeginsAnewWithEachBoot) {
  LiveTable table({});
  table.Draw({.at = seconds(4), .nodes = {Serving("s0", 9'000'000)}});
  EXPECT_THAT(table.Draw({.at = seconds(5), .nodes = {Serving("s0", 1000)}}), HasSubstr(" 0.0 "));
}

TEST(LiveTable, CountsThoseThatRunWhereNotAllHaveRoomAndCutsLongLines) {
  LiveTable table({.columns = 40, .rows = 8});
  Snapshot many{.at = seconds(9)};
  for (int i = 0; i < 50; ++i) many.nodes.push_back(Healthy("h" + std::to_string(i)));
  many.nodes.push_back(Serving("s0", 0));
  many.nodes.back().file = "overlays/\xc3\xa4 very long name of some overlay.dtbo";
  const std::string drawn = table.Draw(many);
  EXPECT_THAT(drawn, AllOf(HasSubstr("\ns0 "), HasSubstr("\nand 50 more nodes\n"),
                           Not(HasSubstr("healthy"))));
  for (size_t at = 0; at < drawn.size();) {
    const size_t end = drawn.find('\n', at);
    EXPECT_LE(end - at, 40u);
    at = end + 1;
  }
}

TEST(LiveTable, NeverHasMoreLinesThanTheTerminal) {
  LiveTable table({.columns = 80, .rows = 10});
  Snapshot many{.at = seconds(9)};
  for (int i = 0; i < 50; ++i) many.nodes.push_back(Serving("s" + std::to_string(i), 0));
  const std::string drawn = table.Draw(many);
  EXPECT_LT(std::count(drawn.begin(), drawn.end(), '\n'), 10);
  EXPECT_THAT(drawn, HasSubstr("and 43 more nodes"));
}

}  // namespace
}  // namespace zprov::cli
