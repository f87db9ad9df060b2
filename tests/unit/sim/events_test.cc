// The simulated queue's own promises: order, time, and loud failure. What it shares with the real
// loop is in tests/contract/events_contract.cc.
#include "sim/events.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace zprov::sim {
namespace {

using std::chrono::seconds;

class SimEvents : public testing::Test {
 protected:
  VirtualClock clock_;
  EventQueue queue_{clock_};
  Events events_{queue_};
};

TEST_F(SimEvents, MoveTheClockToWhatHappensNext) {
  queue_.After(seconds(5), [this] { queue_.Post(os::SignalCame{15}); });
  EXPECT_EQ(events_.Next(seconds(9)), os::Event(os::SignalCame{15}));
  EXPECT_EQ(clock_.Now(), seconds(5));
}

TEST_F(SimEvents, StopTheClockAtTheDeadlineWhenNothingHappensBefore) {
  queue_.After(seconds(5), [this] { queue_.Post(os::SignalCame{15}); });
  EXPECT_EQ(events_.Next(seconds(4)), os::Event(os::DeadlinePassed{}));
  EXPECT_EQ(clock_.Now(), seconds(4));
  EXPECT_EQ(events_.Next(seconds(5)), os::Event(os::SignalCame{15}));
}

TEST_F(SimEvents, OfTheSameMomentComeInTheOrderTheyWereTold) {
  std::vector<int> numbers;
  for (const int number : {3, 1, 2}) {
    queue_.After(seconds(1), [this, number] { queue_.Post(os::SignalCame{number}); });
  }
  for (int i = 0; i < 3; ++i) {
    numbers.push_back(std::get<os::SignalCame>(*events_.Next(seconds(2))).number);
  }
  EXPECT_EQ(numbers, (std::vector<int>{3, 1, 2}));
}

TEST_F(SimEvents, HappenInOrderOfTimeThoughToldOtherwise) {
  std::string order;
  queue_.After(seconds(2), [&] { order += "b"; });
  queue_.After(seconds(1), [&] {
    order += "a";
    queue_.After(seconds(5), [&] { order += "c"; });
  });
  EXPECT_EQ(events_.Next(seconds(10)), os::Event(os::DeadlinePassed{}));
  EXPECT_EQ(order, "abc");
}

TEST_F(SimEvents, CatchUpWithAClockThatSomebodyElseMoved) {
  bool happened = false;
  queue_.After(seconds(2), [&] { happened = true; });
  clock_.Advance(seconds(3));
  queue_.CatchUp();
  EXPECT_TRUE(happened);
}

TEST_F(SimEvents, SayOnceThatALinkChangedUntilItIsHeard) {
  queue_.Post(os::LinkChanged{"s0"});
  queue_.Post(os::LinkChanged{"s1"});
  queue_.Post(os::LinkChanged{"s0"});
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::LinkChanged{"s0"}));
  queue_.Post(os::LinkChanged{"s0"});
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::LinkChanged{"s1"}));
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::LinkChanged{"s0"}));
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::DeadlinePassed{}));
}

TEST_F(SimEvents, SayAgainOfALinkWhatWasDroppedOrLostWithThePower) {
  queue_.Post(os::LinkChanged{"s0"});
  queue_.Drop([](const os::Event&) { return true; });
  queue_.Post(os::LinkChanged{"s0"});
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::LinkChanged{"s0"}));
  queue_.Post(os::LinkChanged{"s0"});
  queue_.Clear();
  queue_.Post(os::LinkChanged{"s0"});
  EXPECT_EQ(events_.Next(seconds(0)), os::Event(os::LinkChanged{"s0"}));
}

TEST_F(SimEvents, RefuseToWaitForEverForNothing) {
  const auto event = events_.Next(os::Moment::max());
  ASSERT_FALSE(event.has_value());
  EXPECT_EQ(event.error().kind, ErrorKind::kTimedOut);
  EXPECT_EQ(clock_.Now(), seconds(0));
}

}  // namespace
}  // namespace zprov::sim
