// `zprov --hil --detect --watch`: at which port of the simulated rig each board is plugged in.
#include "hil/watch_plugs.h"

#include <gmock/gmock.h>

#include <csignal>

#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class WatchedPlugs : public CycledRig {
 protected:
  WatchedPlugs() {
    world_.scene().Remove(kOwnRigFile);
    Unplug({2, 3});
  }

  void Unplug(const std::vector<size_t>& nodes) {
    for (const size_t node : nodes) Board(node).Unplug();
  }
  void Wait(std::chrono::seconds time) {
    const os::Moment end = world_.clock().Now() + time;
    ASSERT_TRUE(Until([&] { return world_.clock().Now() >= end; }));
  }
  // Once it waits, those boards are plugged in one after another.
  run::Pid Watch(const std::vector<size_t>& nodes) {
    const run::Pid run = Start({"--hil", "--detect", "--watch"});
    for (const size_t node : nodes) {
      Wait(std::chrono::seconds(20));
      Board(node).PlugIn();
    }
    return run;
  }
  std::string File() { return world_.scene().Content(kOwnRigFile); }
};

TEST_F(WatchedPlugs, AreWhereClusterTomlHasThem) {
  const run::Ended ended = WaitFor(Watch({2, 3}));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_EQ(ended.err,
            "s2: plug its board in now, at 1-1.4 by cluster.toml (Ctrl-C: that was all)\n"
            "s2: its board is at 1-1.4\n"
            "s3: plug its board in now, at 1-1.5.1 by cluster.toml (Ctrl-C: that was all)\n"
            "s3: its board is at 1-1.5.1\n");
  EXPECT_THAT(ended.out, HasSubstr("\ns3    1-1.5.1  boot ROM "));
  EXPECT_THAT(File(), HasSubstr("name = \"s3\"\nusb = \"1-1.5.1\""));
}

TEST_F(WatchedPlugs, SayWhereClusterTomlHasThemOtherwise) {
  const run::Ended ended = WaitFor(Watch({3, 2}));
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("s2: was plugged in at 1-1.5.1, and cluster.toml has it at 1-1.4 and "
                              "s3 there\n"),
                    HasSubstr("cure: exchange usb of s2 and s3 in cluster.toml"),
                    Not(HasSubstr("nothing is at"))));
  EXPECT_THAT(File(), HasSubstr("name = \"s2\"\nusb = \"1-1.5.1\""));
}

TEST_F(WatchedPlugs, GiveEachNodeItsPortWhereClusterTomlHasNone) {
  std::string spec = world_.scene().Content("/etc/zprov/cluster.toml");
  const size_t at = spec.find("usb = [");
  ASSERT_NE(at, std::string::npos) << spec;
  world_.Put("/etc/zprov/cluster.toml", spec.erase(at, spec.find('\n', at) - at));
  Unplug({0, 1, 4});
  const run::Ended ended = WaitFor(Watch({4, 0, 1, 2, 3}));
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.err, StartsWith("s0: plug its board in now (Ctrl-C: that was all)\n"
                                    "s0: its board is at 1-1.5.2\n"));
  EXPECT_THAT(ended.out, HasSubstr("usb = [\"1-1.5.2\", \"1-1.2\", \"1-1.3\", \"1-1.4\", "
                                   "\"1-1.5.1\"] under [nodes]"));
  EXPECT_THAT(File(), HasSubstr("name = \"s0\"\nusb = \"1-1.5.2\""));
}

TEST_F(WatchedPlugs, AreThoseSoFarWhenItIsInterrupted) {
  const run::Pid run = Watch({2});
  Wait(std::chrono::seconds(20));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("warning: s3: nothing is at its port 1-1.5.1"));
  EXPECT_THAT(File(), AllOf(HasSubstr("name = \"s2\"\nusb = \"1-1.4\""),
                            HasSubstr("# name = \"s3\"\n# usb = \"1-1.5.1\"")));
}

TEST_F(WatchedPlugs, AreNoneOfNodesThatBootMeanwhile) {
  Start({"serve"});
  const run::Pid run = Start({"--hil", "--detect", "--watch"});
  Wait(std::chrono::seconds(20));
  Unplug({1});
  Board(1).PlugIn();
  Wait(std::chrono::seconds(60));
  Board(2).PlugIn();
  Wait(std::chrono::seconds(60));
  Board(3).PlugIn();
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, EndsWith("s3: its board is at 1-1.5.1\n"));
}

TEST_F(WatchedPlugs, MayBeThoseOfABoardThatWasThereAndNobodys) {
  world_.usb().Plug({*PortPath::Parse("1-1.5.3"), 0x0a5c, 0x2763, 0, 0});
  const run::Pid run = Start({"--hil", "--detect", "--watch"});
  Wait(std::chrono::seconds(20));
  world_.usb().Unplug(*PortPath::Parse("1-1.5.3"));
  Wait(std::chrono::seconds(5));
  world_.usb().Plug({*PortPath::Parse("1-1.5.3"), 0x0a5c, 0x2763, 0, 0});
  Wait(std::chrono::seconds(5));
  Board(3).PlugIn();
  const run::Ended ended = WaitFor(run);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s2: was plugged in at 1-1.5.3, and cluster.toml has it "),
                               Not(HasSubstr("cluster.toml has no node at 1-1.5.3"))));
}

TEST_F(WatchedPlugs, AreNotWaitedForWhereEachNodeHasItsBoard) {
  for (const size_t node : {2, 3}) Board(node).PlugIn();
  Boot();
  ASSERT_TRUE(AllAreHealthy());
  const run::Ended ended = Zprov({"--hil", "--detect", "--watch"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_EQ(ended.err, "every node has its board: there is no plug to watch\n");
}

TEST_F(WatchedPlugs, NeedDetect) {
  const run::Ended ended = Zprov({"--hil", "--watch"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("--watch requires --detect"));
}

}  // namespace
}  // namespace zprov::hil
