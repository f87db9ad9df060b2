// The network between the two ends: what late, lost and damaged mean.
#include "vm/cable/line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "sim/clock.h"

namespace zprov::vm {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct ALine : testing::Test {
  void SendMany(int frames) {
    for (int i = 0; i < frames; ++i) line.Send("a frame of some length");
  }
  int WrongBits(const std::string& frame) const {
    const std::string sent = "a frame of some length";
    int wrong = 0;
    for (size_t i = 0; i < sent.size(); ++i) {
      wrong += std::popcount(static_cast<uint8_t>(sent[i] ^ frame[i]));
    }
    return wrong;
  }

  sim::VirtualClock clock;
  std::vector<std::string> arrived;
  bool has_room = true;
  Line line{clock, sim::zero::Random(1, "line"), [this](const std::string& frame) {
              if (has_room) arrived.push_back(frame);
              return has_room;
            }};
};

TEST_F(ALine, CarriesAtOnceWhenNothingIsWrong) {
  EXPECT_TRUE(line.Send("one"));
  EXPECT_THAT(arrived, ElementsAre("one"));
  EXPECT_EQ(line.NextDeadline(), os::Moment::max());
}

TEST_F(ALine, TellsTheSenderThatTheOtherEndHasNoRoom) {
  has_room = false;
  EXPECT_FALSE(line.Send("one"));
}

TEST_F(ALine, DeliversLateAndSaysWhen) {
  line.set_faults({.delay = milliseconds(20)});
  EXPECT_TRUE(line.Send("one"));
  EXPECT_EQ(line.NextDeadline(), clock.Now() + milliseconds(20));
  clock.AdvanceTo(clock.Now() + milliseconds(19));
  line.CatchUp();
  EXPECT_THAT(arrived, IsEmpty());
  clock.AdvanceTo(clock.Now() + milliseconds(1));
  line.CatchUp();
  EXPECT_THAT(arrived, ElementsAre("one"));
}

TEST_F(ALine, KeepsTheOrderWhenTheDelayEnds) {
  line.set_faults({.delay = milliseconds(20)});
  line.Send("one");
  line.set_faults({});
  line.Send("two");
  EXPECT_THAT(arrived, IsEmpty());
  clock.AdvanceTo(line.NextDeadline());
  line.CatchUp();
  EXPECT_THAT(arrived, ElementsAre("one", "two"));
}

TEST_F(ALine, KeepsEverythingWhileItStandsStill) {
  line.set_faults({.delay = milliseconds(20)});
  line.Send("before");
  line.StallUntil(clock.Now() + milliseconds(500));
  line.set_faults({});
  EXPECT_TRUE(line.Send("meanwhile"));
  clock.AdvanceTo(clock.Now() + milliseconds(499));
  line.CatchUp();
  EXPECT_THAT(arrived, IsEmpty());
  EXPECT_EQ(line.NextDeadline(), clock.Now() + milliseconds(1));
  clock.AdvanceTo(line.NextDeadline());
  line.CatchUp();
  EXPECT_THAT(arrived, ElementsAre("before", "meanwhile"));
  EXPECT_EQ(line.NextDeadline(), os::Moment::max());
  line.Send("after");
  EXPECT_THAT(arrived, ElementsAre("before", "meanwhile", "after"));
}

TEST_F(ALine, KeepsWhatIsDueUntilThereIsRoom) {
  line.set_faults({.delay = milliseconds(20)});
  line.Send("one");
  has_room = false;
  clock.AdvanceTo(line.NextDeadline());
  line.CatchUp();
  has_room = true;
  clock.AdvanceTo(line.NextDeadline());
  line.CatchUp();
  EXPECT_THAT(arrived, ElementsAre("one"));
}

TEST_F(ALine, LosesItsShareOfFramesTheSameEachTime) {
  line.set_faults({.drop_percent = 30});
  SendMany(1000);
  EXPECT_GT(arrived.size(), 600U);
  EXPECT_LT(arrived.size(), 800U);
  std::vector<std::string> again;
  Line same(clock, sim::zero::Random(1, "line"), [&](const std::string& frame) {
    again.push_back(frame);
    return true;
  });
  same.set_faults({.drop_percent = 30});
  for (int i = 0; i < 1000; ++i) same.Send("a frame of some length");
  EXPECT_EQ(again, arrived);
}

TEST_F(ALine, LosesAllOfThem) {
  line.set_faults({.drop_percent = 100});
  SendMany(100);
  EXPECT_THAT(arrived, IsEmpty());
}

TEST_F(ALine, DamagesOneBitOfAFrame) {
  line.set_faults({.corrupt_percent = 100});
  SendMany(100);
  ASSERT_THAT(arrived, SizeIs(100));
  for (const std::string& frame : arrived) EXPECT_EQ(WrongBits(frame), 1);
}

TEST_F(ALine, ForgetsWhatWasUnderWay) {
  line.set_faults({.delay = milliseconds(20)});
  line.Send("one");
  line.Clear();
  EXPECT_EQ(line.NextDeadline(), os::Moment::max());
}

}  // namespace
}  // namespace zprov::vm
