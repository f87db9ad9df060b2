// Hostile boards beside a healthy one: whatever they say, the healthy one's trace is the same,
// event by event and nanosecond by nanosecond, and they get nothing that is not theirs.
#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

#include "transcripts/beside.h"
#include "transcripts/mutate.h"
#include "transcripts/rig.h"
#include "util/strings.h"

namespace zprov::transcripts {
namespace {

using engine::NodeState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// From the environment: ZPROV_SESSIONS, how many, and ZPROV_SEED, of the first one.
unsigned long Asked(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  return ParseNumber(text, 1'000'000'000).value_or(otherwise);
}

TEST(HealthyBoard, IsBootedByItsScriptAlone) {
  const Beside beside = RunBeside({});
  EXPECT_EQ(beside.view.state, NodeState::kGadget) << beside.view.cause;
  EXPECT_THAT(beside.trace, HasSubstr("arrived"));
}

TEST(HealthyBoard, HasTheSameTraceBesideAnotherHealthyOne) {
  const Beside alone = RunBeside({});
  const Beside beside = RunBeside({HealthyScript()});
  EXPECT_EQ(beside.trace, alone.trace);
  EXPECT_EQ(beside.view, alone.view);
  EXPECT_EQ(beside.others[0].view.state, NodeState::kGadget) << beside.others[0].view.cause;
}

void ExpectHarmless(const Other& other) {
  ASSERT_THAT(other.sent, Not(HasSubstr(kSecret)));
  for (const engine::FileRecord& record : other.view.timeline) {
    ASSERT_LE(record.name.size(), 4 * 256U);  // each byte may be shown as four
    ASSERT_EQ(record.name.find_first_of(std::string_view("\0\n\x1b", 3)), std::string::npos);
  }
}

TEST(HostileBoards, ChangeNothingForTheHealthyOneAndGetNothingThatIsNotTheirs) {
  const Beside alone = RunBeside({});
  const unsigned long sessions = Asked("ZPROV_SESSIONS", 1000);
  const unsigned long first = Asked("ZPROV_SEED", 1);
  size_t different = 0;
  for (unsigned long seed = first; seed < first + sessions; seed += kMostOthers) {
    SCOPED_TRACE("again: ZPROV_SESSIONS=4 ZPROV_SEED=" + std::to_string(seed));
    std::vector<test::PortScript> others;
    for (size_t i = 0; i < kMostOthers; ++i) others.push_back(Mutated(HealthyScript(), seed + i));
    const Beside beside = RunBeside(others);
    ASSERT_EQ(beside.trace, alone.trace);
    ASSERT_EQ(beside.notices, alone.notices);
    ASSERT_EQ(beside.view, alone.view);
    ASSERT_LT(beside.events, kMostEvents);
    for (const Other& other : beside.others) {
      ASSERT_NO_FATAL_FAILURE(ExpectHarmless(other));
      different += other.trace == alone.trace ? 0 : 1;
    }
  }
  EXPECT_GE(different, sessions * 9 / 10);  // what is mutated does something
}

}  // namespace
}  // namespace zprov::transcripts
