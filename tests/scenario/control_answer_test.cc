// What serve answers on the control socket: its own snapshots after their way over it, and whatever
// else somebody writes.
#include "engine/serve/control_answer.h"

#include <gmock/gmock.h>

#include "os/control.h"

namespace zprov::tests {
namespace {

using engine::AnswerReader;
using engine::NodeState;
using engine::NodeView;
using engine::OrderView;
using engine::Snapshot;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

NodeView Serving() {
  return {.node = "s0",
          .state = NodeState::kServing,
          .since = seconds(90),
          .session = 2,
          .file = "start.elf",
          .bytes = uint64_t{5} << 32,
          .miss = "a\"b",
          .cause = "serving: \xff\xfe it left the bus",
          .step = "",
          .failures = 1,
          .began = seconds(80),
          .generation = 8,
          .mtu = 7418};
}

Snapshot Full() {
  Snapshot snapshot{.at = seconds(100), .nodes = {Serving(), {.node = "s1", .since = seconds(1)}}};
  snapshot.nodes[1].order = OrderView{engine::Order::kReboot, OrderView::State::kFailed, "why"};
  snapshot.unknown = {{"1-1.5.3", "BCM2835 as boot ROM", "usb = \"1-1.5.3\""}};
  snapshot.warnings = {"all links run with 1500"};
  snapshot.notices = {{seconds(95), "s0", NodeState::kServing, ""}};
  return snapshot;
}

// As it is read by somebody whose clock shows the same.
Snapshot AfterItsWay(const Snapshot& snapshot) {
  AnswerReader reader;
  std::optional<Snapshot> read;
  for (const std::string& line : LinesOf(snapshot)) {
    EXPECT_FALSE(read.has_value()) << "whole before its last line";
    EXPECT_LE(line.size(), os::kMaxControlLine);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    auto taken = reader.Take(line, snapshot.at);
    EXPECT_TRUE(taken.has_value()) << taken.error().message;
    if (taken) read = std::move(*taken);
  }
  EXPECT_TRUE(read.has_value());
  return read.value_or(Snapshot());
}

std::string WrongWithAnswer(std::string_view line) {
  AnswerReader reader;
  const auto read = reader.Take(line, seconds(100));
  EXPECT_FALSE(read.has_value()) << line;
  if (read) return "";
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  return read.error().message;
}

TEST(ControlAnswer, SaysTheSameAfterItsWayOverTheSocket) {
  Snapshot sent = Full();
  sent.nodes[0].cause = "serving: it left the bus";
  EXPECT_EQ(AfterItsWay(sent), sent);
  EXPECT_EQ(AfterItsWay(Snapshot{.at = seconds(7)}), Snapshot{.at = seconds(7)});
}

TEST(ControlAnswer, TellsMomentsAsAgesSoThatTheReadersClockMayDiffer) {
  AnswerReader reader;
  const auto read = reader.Take(LinesOf(Full()).front(), seconds(5000));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->at, seconds(5000));
  EXPECT_EQ((*read)->nodes[0].since, seconds(4990));
  EXPECT_EQ((*read)->nodes[0].began, seconds(4980));
  EXPECT_EQ((*read)->notices[0].at, seconds(4995));
}

TEST(ControlAnswer, WithBytesThatAreNoTextIsStillOneLineThatCanBeRead) {
  EXPECT_THAT(AfterItsWay(Full()).nodes[0].cause, HasSubstr("it left the bus"));
}

TEST(ControlAnswer, OfFiveHundredNodesWithMuchToSayComesInSeveralLines) {
  Snapshot sent{.at = seconds(100)};
  for (int i = 0; i < 500; ++i) {
    sent.nodes.push_back(Serving());
    sent.nodes.back().node = "s" + std::to_string(i);
    sent.nodes.back().cause = std::string(900, '\x01');
  }
  EXPECT_GT(LinesOf(sent).size(), 10U);
  EXPECT_EQ(AfterItsWay(sent), sent);
}

TEST(ControlAnswer, CutsTextsThatNobodyWouldRead) {
  Snapshot sent{.at = seconds(1), .nodes = {{.node = "s0", .cause = std::string(100'000, 'x')}}};
  EXPECT_EQ(AfterItsWay(sent).nodes[0].cause, std::string(1000, 'x'));
}

TEST(ControlAnswer, ThatIsAnErrorBecomesThatError) {
  AnswerReader reader;
  const Error refused{ErrorKind::kRefused, "s0 is already told to halt: wait for it"};
  const auto read = reader.Take(engine::LineOf(refused), seconds(1));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error(), refused);
}

TEST(ControlAnswer, ThatIsNoneIsRefusedWithTheReason) {
  EXPECT_EQ(WrongWithAnswer(""), "an answer of serve is not one JSON object");
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":2,"nodes":[]})"), HasSubstr("speaks version 2"));
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":1})"), HasSubstr("neither an error nor a snapshot"));
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":1,"nodes":{}})"), HasSubstr("no list as nodes"));
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":1,"nodes":["s0"]})"),
              HasSubstr("a state that is not known"));
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":1,"nodes":[{"state":"flying"}]})"),
              HasSubstr("a state that is not known"));
  for (const char* number : {"-1", "1.5", "\"1\"", "99999999999999999999", "null", "[]"}) {
    const std::string node = R"({"zprov":1,"nodes":[{"state":"absent","for_ms":)";
    EXPECT_THAT(WrongWithAnswer(node + number + "}]}"), HasSubstr("no number as for_ms")) << number;
  }
  EXPECT_THAT(WrongWithAnswer(R"({"zprov":1,"nodes":[],"warnings":[1]})"), HasSubstr("no text"));
}

TEST(ControlAnswer, WithoutEndIsRefused) {
  AnswerReader reader;
  std::string line = R"({"zprov":1,"more":true,"nodes":[],"warnings":["")";
  for (int i = 0; i < 20'000; ++i) line += R"(,"")";
  line += "]}";
  Result<std::optional<Snapshot>> read;
  for (int i = 0; i < 4; ++i) read = reader.Take(line, seconds(1));
  EXPECT_FALSE(read.has_value());
}

}  // namespace
}  // namespace zprov::tests
