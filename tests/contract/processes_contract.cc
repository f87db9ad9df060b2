// What os::Processes promises, for the simulator and for real programs alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/event_world.h"

namespace zprov::tests {
namespace {

using os::ProcessOutput;

class ProcessesContract : public testing::TestWithParam<EventWorldRow> {
 protected:
  os::ProcessId Start(const std::vector<std::string>& argv) {
    const auto process = world_->processes().Start(argv);
    EXPECT_TRUE(process.has_value()) << process.error().message;
    return process.value_or(0);
  }

  std::unique_ptr<EventWorld> world_ = GetParam().make();
};

// What one program said and how it ended.
struct Story {
  std::string out;
  std::string error;
  int exit_code = -1;

  bool operator==(const Story&) const = default;
};

std::ostream& operator<<(std::ostream& stream, const Story& story) {
  return stream << "out \"" << story.out << "\", error \"" << story.error << "\", exit "
                << story.exit_code;
}

Story FollowToTheEnd(EventWorld& world, os::ProcessId process) {
  Story story;
  while (story.exit_code < 0) {
    const auto event = world.events().Next(world.Late());
    if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) {
      ADD_FAILURE() << "the program's end never came";
      return story;
    }
    if (const auto* output = std::get_if<ProcessOutput>(&*event)) {
      if (output->process != process) continue;
      (output->stream == ProcessOutput::Stream::kOut ? story.out : story.error) += output->text;
    }
    const auto* ended = std::get_if<os::ProcessEnded>(&*event);
    if (ended != nullptr && ended->process == process) story.exit_code = ended->exit_code;
  }
  return story;
}

TEST_P(ProcessesContract, TellOutputThenTheExitCode) {
  const auto process = Start(world_->Prints({.out = "one\ntwo", .error = "three", .exit_code = 7}));
  EXPECT_EQ(FollowToTheEnd(*world_, process), (Story{"one\ntwo", "three", 7}));
}

TEST_P(ProcessesContract, LoseNothingOfALongOutput) {
  const std::string text(300'000, 'x');
  const auto process = Start(world_->Prints({.out = text}));
  EXPECT_EQ(FollowToTheEnd(*world_, process), (Story{text, "", 0}));
}

TEST_P(ProcessesContract, SayNothingMoreOfAProcessThatEnded) {
  const auto process = Start(world_->Prints({.out = "done"}));
  FollowToTheEnd(*world_, process);
  EXPECT_EQ(*world_->events().Next(world_->Soon()), os::Event(os::DeadlinePassed{}));
}

TEST_P(ProcessesContract, RunSideBySideUnderNumbersOfTheirOwn) {
  const auto hanging = Start(world_->Hangs());
  const auto first = Start(world_->Prints({.out = "1"}));
  EXPECT_EQ(FollowToTheEnd(*world_, first), (Story{"1", "", 0}));
  const auto second = Start(world_->Prints({.out = "2"}));
  EXPECT_EQ(FollowToTheEnd(*world_, second), (Story{"2", "", 0}));
  EXPECT_NE(first, second);
  EXPECT_NE(first, hanging);
  ASSERT_TRUE(world_->processes().Stop(hanging).has_value());
  EXPECT_EQ(FollowToTheEnd(*world_, hanging).exit_code, 128 + 15);
}

TEST_P(ProcessesContract, NeverHaveTheNumberOfOneThatEnded) {
  const auto first = Start(world_->Prints({}));
  EXPECT_EQ(FollowToTheEnd(*world_, first).exit_code, 0);
  EXPECT_NE(Start(world_->Prints({})), first);
}

TEST_P(ProcessesContract, EndByTermWhenStopped) {
  const auto process = Start(world_->Hangs());
  ASSERT_TRUE(world_->processes().Stop(process).has_value());
  EXPECT_EQ(FollowToTheEnd(*world_, process).exit_code, 128 + 15);
}

TEST_P(ProcessesContract, EndByKillTwoSecondsLaterWhenTheyIgnoreTerm) {
  const auto process = Start(world_->IgnoresTerm());
  world_->AwaitText(process, "ready");
  const os::Moment stopped = world_->clock().Now();
  ASSERT_TRUE(world_->processes().Stop(process).has_value());
  EXPECT_EQ(FollowToTheEnd(*world_, process).exit_code, 128 + 9);
  EXPECT_GE(world_->clock().Now() - stopped, std::chrono::seconds(2));
}

TEST_P(ProcessesContract, MayBeStoppedTwice) {
  const auto process = Start(world_->Hangs());
  EXPECT_TRUE(world_->processes().Stop(process).has_value());
  EXPECT_TRUE(world_->processes().Stop(process).has_value());
  EXPECT_EQ(FollowToTheEnd(*world_, process).exit_code, 128 + 15);
}

TEST_P(ProcessesContract, CannotBeStoppedOnceTheyEnded) {
  const auto process = Start(world_->Prints({}));
  FollowToTheEnd(*world_, process);
  EXPECT_EQ(world_->processes().Stop(process).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(world_->processes().Stop(process + 1000).error().kind, ErrorKind::kNotFound);
}

TEST_P(ProcessesContract, AreNotFoundWhenNobodyInstalledThem) {
  for (const char* name : {"no-such-program", "/opt/no/such-program"}) {
    const auto process = world_->processes().Start({name});
    ASSERT_FALSE(process.has_value());
    EXPECT_EQ(process.error().kind, ErrorKind::kNotFound);
    EXPECT_THAT(process.error().message, testing::HasSubstr(name));
  }
  EXPECT_EQ(*world_->events().Next(world_->Soon()), os::Event(os::DeadlinePassed{}));
}

TEST_P(ProcessesContract, NeedAName) {
  EXPECT_EQ(world_->processes().Start({}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(world_->processes().Start({""}).error().kind, ErrorKind::kInvalid);
}

TEST_P(ProcessesContract, NeedThePermissionToRun) {
  const auto process = world_->processes().Start({world_->NotExecutable()});
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().kind, ErrorKind::kPermission);
}

INSTANTIATE_TEST_SUITE_P(, ProcessesContract, testing::ValuesIn(EventWorlds()), RowName);

}  // namespace
}  // namespace zprov::tests
