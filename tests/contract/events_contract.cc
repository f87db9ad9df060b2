// What os::Events promises about time and order, for the simulator and for the real loop alike.
// Links, probes and programs have suites of their own.
#include <gtest/gtest.h>

#include <csignal>

#include "contract/event_world.h"

namespace zprov::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class EventsContract : public testing::TestWithParam<EventWorldRow> {
 protected:
  std::unique_ptr<EventWorld> world_ = GetParam().make();
};

TEST_P(EventsContract, SayThatTheDeadlinePassedNotBeforeItDid) {
  const os::Moment deadline = world_->clock().Now() + milliseconds(50);
  EXPECT_EQ(*world_->events().Next(deadline), os::Event(os::DeadlinePassed{}));
  EXPECT_GE(world_->clock().Now(), deadline);
}

TEST_P(EventsContract, WaitForNothingWhenTheDeadlineIsInThePast) {
  const os::Moment before = world_->clock().Now();
  EXPECT_EQ(*world_->events().Next(before - seconds(1)), os::Event(os::DeadlinePassed{}));
  EXPECT_GE(world_->clock().Now(), before);
  EXPECT_EQ(*world_->events().Next(before), os::Event(os::DeadlinePassed{}));
}

TEST_P(EventsContract, GiveWhatIsThereThoughTheDeadlineIsInThePast) {
  world_->Signal(SIGHUP);
  const os::Moment past = world_->clock().Now() - seconds(1);
  EXPECT_EQ(*world_->events().Next(past), os::Event(os::SignalCame{SIGHUP}));
  EXPECT_EQ(*world_->events().Next(past), os::Event(os::DeadlinePassed{}));
}

TEST_P(EventsContract, GiveEachSignalThatEndsOrReloadsUs) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    world_->Signal(number);
    EXPECT_EQ(*world_->events().Next(world_->Late()), os::Event(os::SignalCame{number}));
  }
}

TEST_P(EventsContract, WakeUpBeforeAFarDeadline) {
  const auto process = world_->processes().Start(world_->Prints({}));
  ASSERT_TRUE(process.has_value());
  const auto event = world_->events().Next(os::Moment::max());
  EXPECT_EQ(*event, os::Event(os::ProcessEnded{*process, 0}));
}

TEST_P(EventsContract, TellTheTimeSince1970WhichGoesOnMeanwhile) {
  const auto before = world_->clock().WallTime();
  EXPECT_GT(before, std::chrono::hours(40 * 365 * 24)) << "2010 is over";
  EXPECT_EQ(*world_->events().Next(world_->clock().Now() + milliseconds(50)),
            os::Event(os::DeadlinePassed{}));
  EXPECT_NE(world_->clock().WallTime(), before);
}

INSTANTIATE_TEST_SUITE_P(, EventsContract, testing::ValuesIn(EventWorlds()), RowName);

}  // namespace
}  // namespace zprov::tests
