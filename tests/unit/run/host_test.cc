// Processes of a simulated host: who runs when, and what is left of one that was killed.
#include "sim/run/host.h"

#include <gmock/gmock.h>

#include <csignal>

namespace zprov::run {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Processes that wait, write, and say what happened to them.
class HostTest : public ::testing::Test {
 protected:
  int Program(const Call& call) {
    os::System& system = call.system;
    const std::string& name = call.args.front();
    for (int i = 0; i < 3; ++i) {
      const os::Moment wakes = system.clock.Now() + seconds(name == "slow" ? 2 : 1);
      const auto event = system.events.Next(wakes);
      if (event && std::holds_alternative<os::SignalCame>(*event)) return 7;
      said_.push_back(name + std::to_string(i));
      if (name == "writer") {
        (void)system.files.Write("/note" + std::to_string(i), "a note", 0644);
      }
    }
    if (name == "thrower") throw std::runtime_error("oh");
    return 0;
  }

  std::vector<Ended> RunFor(seconds time) {
    const os::Moment end = world_.clock().Now() + time;
    std::vector<Ended> all;
    while (world_.clock().Now() < end) {
      for (Ended& ended : host_.RunUntil(end)) all.push_back(std::move(ended));
    }
    return all;
  }

  sim::World world_;
  std::vector<std::string> said_;
  Host host_{world_, [this](const Call& call) { return Program(call); }, [] {}};
};

TEST_F(HostTest, RunsProcessesByVirtualTime) {
  host_.Start({"slow"});
  host_.Start({"fast"});
  EXPECT_THAT(RunFor(seconds(10)), SizeIs(2));
  EXPECT_THAT(said_, ElementsAre("fast0", "slow0", "fast1", "fast2", "slow1", "slow2"));
}

TEST_F(HostTest, TellsASignalToTheProcessThatItIsFor) {
  const Pid first = host_.Start({"fast"});
  host_.Start({"slow"});
  host_.Signal(first, SIGTERM);
  const auto ended = RunFor(seconds(10));
  ASSERT_THAT(ended, SizeIs(2));
  EXPECT_EQ(ended[0].exit, 7);
  EXPECT_EQ(ended[1].exit, 0);
}

TEST_F(HostTest, NothingOfAKilledProcessTakesEffectAnyMore) {
  const Pid writer = host_.Start({"writer"});
  RunFor(seconds(1));
  host_.Kill(writer);
  const auto ended = RunFor(seconds(10));
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_FALSE(ended[0].exit);
  EXPECT_FALSE(world_.scene().Has("/note2"));
}

TEST_F(HostTest, ASlowProcessCanBeKilledToo) {
  const Pid writer = host_.Start({"writer"}, {.most = seconds(5)});
  RunFor(seconds(4));
  host_.Kill(writer);
  EXPECT_THAT(RunFor(seconds(1)), SizeIs(1));
  EXPECT_FALSE(host_.Runs(writer));
}

TEST_F(HostTest, AnExceptionThatNobodyCatchesIsACrash) {
  host_.Start({"thrower"});
  const auto ended = RunFor(seconds(10));
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].crash, "oh");
}

TEST_F(HostTest, OthersActWhileACallOfASlowProcessIsUnderWay) {
  host_.Start({"writer"}, {.most = seconds(5)});
  host_.Start({"fast"});
  RunFor(seconds(60));
  ASSERT_THAT(said_, SizeIs(6));
  EXPECT_EQ(said_.front(), "fast0") << "though the writer began first";
}

TEST_F(HostTest, KillsWhoeverRunsWhenItGoes) {
  sim::World world;
  Host host(
      world, [this](const Call& call) { return Program(call); }, [] {});
  host.Start({"slow"});
  host.RunUntil(milliseconds(1));
}

}  // namespace
}  // namespace zprov::run
