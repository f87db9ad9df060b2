// The level "cycle" on the simulated rig, through the real command line: what it says first, that a
// rig that is well passes, that each planted defect is named, and that a run which was cut off is
// put back.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

#include "core/generations/layout.h"
#include "engine/serve/control_request.h"
#include "sim/ping.h"
#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Fault;
using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Cycle : public CycledRig {
 protected:
  using CycledRig::CycledRig;
  bool IsUp(const std::string& link) {
    const auto links = world_.network().Links().value();
    return std::ranges::find(links, link, &Link::name)->up;
  }
};

TEST_F(Cycle, SaysWhatItWillDoAndDoesNothingUnlessItMay) {
  const auto before = Boots();
  const run::Ended ended = Zprov({"--hil", "--level", "cycle"});
  EXPECT_EQ(ended.exit, 3);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("disturbs s0, s1, s2, s3, s4"),
                    HasSubstr("cold-boot       cuts each node's power"), HasSubstr("say --yes")));
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(Boots(), before);
  EXPECT_EQ(switched_, 0);
}

TEST_F(Cycle, PassesOnARigThatIsWellAndLeavesItSo) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("\npass    reboot "), HasSubstr("\npass    reboot-all "),
                    HasSubstr("\npass    cold-boot "), HasSubstr("\npass    cold-boot-all "),
                    Not(HasSubstr("warning: s1"))));
  for (const char* row : {"theft", "packets", "throughput", "link-loss", "cut-rom",
                          "cut-first-stage", "cut-files", "cut-kernel", "cut-mounted"}) {
    EXPECT_THAT(ended.out, HasSubstr(std::string("\npass    ") + row));
  }
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    serve "), HasSubstr("skip    exchange "),
                               HasSubstr("skip    unplug "),
                               HasSubstr("nobody pulls plugs: rig.toml names no program that does, "
                                         "or asks for it ([plugs] pull)"),
                               HasSubstr("nobody exchanges plugs: rig.toml names no program")));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_THAT(Boots(), Each(Ge(1 + 4 + 10))) << "each cut in a stage takes two boots";
  EXPECT_FALSE(IsMarked());
}

TEST_F(Cycle, NamesANodeThatDropsFullPackets) {
  world_.network().SetNeighbour(
      "s4", sim::Neighbour{spec_.nodes[4].node_mac, spec_.nodes[4].address, 1500});
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    packets "),
                               HasSubstr("s4: packets of 7418 bytes do not come back: 5 packets"),
                               HasSubstr("zprov reboot s4")));
}

// What happens while the link of s1 is away, and nothing else of the level.
class CycleWithoutLinks : public Cycle {
 protected:
  CycleWithoutLinks() {
    for (const char* scenario : {"theft", "packets", "throughput", "serve", "reboot", "reboot-all",
                                 "cold-boot", "cold-boot-all", "cut-rom", "cut-first-stage",
                                 "cut-files", "cut-kernel", "cut-mounted"}) {
      Quarantine(scenario);
    }
    each_step_ = [this] {
      if (!has_happened_ && !IsUp("s1")) has_happened_ = (happens_(), true);
    };
  }

  std::function<void()> happens_ = [] {};
  bool has_happened_ = false;
};

TEST_F(CycleWithoutLinks, NamesANodeWhoseRootDoesNotSurviveIt) {
  happens_ = [this] { Unexport(1); };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_TRUE(has_happened_);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    link-loss "),
                    HasSubstr("s1: does not use its root any more since its link was away"),
                    HasSubstr("cure: zprov reboot s1"), Not(HasSubstr("s2: does not use"))));
}

TEST_F(CycleWithoutLinks, NamesANodeThatStartsAnewMeanwhile) {
  happens_ = [this] { Board(1).Unplug(), Board(1).PlugIn(); };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s1: did not run on when its link was away"),
                               HasSubstr("cure: see its console"), HasSubstr("pass    put-back")));
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(CycleWithoutLinks, NamesANodeThatHasAnotherWayToItsRoot) {
  happens_ = [this] {
    world_.scene().Remove(generations::RootOf(spec_, 1, "s1") + "/var/lib/zprov/ask");
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s1: uses its root while its link is down"),
                               HasSubstr("cure: ip route, on s1")));
}

TEST_F(CycleWithoutLinks, GivesThemBackWhenItIsInterrupted) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return !IsUp("s1"); }));
  host_.Signal(run, SIGINT);
  EXPECT_EQ(WaitFor(run).exit, 1);
  EXPECT_TRUE(IsUp("s1"));
  EXPECT_FALSE(IsMarked());
}

TEST_F(CycleWithoutLinks, GivesThemBackAfterARunThatWasKilled) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return !IsUp("s1"); }));
  host_.Kill(run);
  WaitFor(run);
  ASSERT_FALSE(IsUp("s1"));
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    link-loss "));
  EXPECT_TRUE(IsUp("s1"));
  EXPECT_THAT(Boots(), Each(1)) << "nobody had to be started anew for that";
}

// Power that the hubs switch: rig.toml says so, and the simulated hubs can or cannot do it per
// port.
class CycleByHubs : public Cycle {
 protected:
  CycleByHubs() { world_.Put("/etc/zprov/rig.toml", "[power]\nby = \"port\"\n"); }

  void AreAll(sim::HubPower power) {
    for (const char* hub : {"1-1", "1-1.5"}) {
      world_.usb().SetHubPower(*PortPath::Parse(hub), power);
    }
  }
};

TEST_F(CycleByHubs, PassesWhereEachPortSwitchesAlone) {
  AreAll(sim::HubPower::kPerPort);
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\npass    cold-boot "), HasSubstr("\npass    cut-rom ")));
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(CycleByHubs, NamesWhoLosesPowerWithTheOthers) {
  AreAll(sim::HubPower::kGanged);
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    cold-boot "),
                               HasSubstr("s1: was disturbed by another node's restart"),
                               HasSubstr("see what the two share: a hub")));
}

// Whose third board hangs on a bad cable.
class CycleOfASlowPort : public Cycle {
 protected:
  CycleOfASlowPort() : Cycle({{"1-1.4", {.speed = sim::UsbSpeed::kFull}}}) {
    Describe("[limits]\nboot_kb_per_s = 15000\n");
    for (const spec::Node& node : spec_.nodes) {  // firmware as large as the real one
      world_.Put("/x/sboot/" + node.usb->ToString() + "/start.elf", std::string(2'900'000, 'f'));
    }
  }
};

TEST_F(CycleOfASlowPort, NamesIt) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    cold-boot "), HasSubstr("s2: was sent its boot files at "),
                    HasSubstr("rig.toml wants 15000"), HasSubstr("another cable"),
                    Not(HasSubstr("s1: was sent")), Not(HasSubstr("s3: was sent"))));
}

TEST_F(CycleOfASlowPort, NamesItByWhatItsLinkCarries) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    throughput "),
                    HasSubstr("s2: its link carries 1.2 MB/s, alone on the bus; half of the nodes "
                              "have "),
                    HasSubstr("cure: another cable or another port for it"),
                    Not(HasSubstr("s1: its link")), Not(HasSubstr("while all are busy"))));
}

TEST_F(Cycle, NamesAPortAtWhichANodeCouldTakeAnothersAddress) {
  world_.network().Unpin("s2");
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("fail    theft "), HasSubstr("s2: its link s2 is not bound to "),
                    HasSubstr("cure: systemctl restart zprov binds it again"),
                    Not(HasSubstr("s1: its link s1 is not"))));
}

TEST_F(Cycle, NamesALinkThatCarriesLessThanTheRigIsToHave) {
  Describe("[limits]\nlink_kb_per_s = 59000\n");
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    throughput "),
                               HasSubstr("alone on the bus; rig.toml wants 59.0"),
                               HasSubstr("or lower link_kb_per_s in rig.toml")));
}

TEST_F(Cycle, FloodsNobodyMoreWhenItIsInterrupted) {
  int floods = 0;
  world_.processes().Install("ping", [&](const auto& argv) {
    sim::ProgramRun ping = sim::Ping(world_.network(), argv);
    if (std::ranges::find(argv, "-f") == argv.end()) return ping;
    ++floods;
    ping.takes = std::chrono::seconds(5);
    return ping;
  });
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return floods == 1; }));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("skip    throughput "));
  EXPECT_EQ(floods, 1);
  EXPECT_FALSE(IsMarked());
}

// Only how much the links carry.
class CycleOfPackets : public Cycle {
 protected:
  CycleOfPackets() {
    for (const char* scenario :
         {"theft", "serve", "link-loss", "reboot", "reboot-all", "cold-boot", "cold-boot-all",
          "cut-rom", "cut-first-stage", "cut-files", "cut-kernel", "cut-mounted"}) {
      Quarantine(scenario);
    }
  }
};

TEST_F(CycleOfPackets, SaysWhatEachLinkCarriesInLargeAndInOrdinaryOnes) {
  EXPECT_THAT(RunCycle({"--json"}).out,
              ContainsRegex("\"MB/s both ways, "
                            "alone: s0 53.2, [^;]*s4 53.2; together 265.9: s0 53.2, [^;]*; "
                            "in packets of 1500, "
                            "alone: s0 52.6, [^;]*s4 52.6; together 263.2: s0 52.6, [^;]*\""));
}

TEST_F(CycleOfPackets, MeasuresLinksThatHaveOnlyOrdinaryOnesOnce) {
  const std::string path = "/etc/zprov/cluster.toml";
  std::string spec = world_.scene().Content(path);
  world_.Put(path, spec.replace(spec.find("[bridge]"), 8, "[bridge]\nmtu = 1500"));
  ASSERT_EQ(Zprov({"apply"}).exit, 0);
  ASSERT_EQ(Zprov({"reboot", "s0", "s1", "s2", "s3", "s4"}).exit, 0);
  const run::Ended ended = RunCycle({"--json"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\"MB/s both ways, alone: s0 52.6, s1 52.6, "),
                               HasSubstr("; together 26"), Not(HasSubstr("in packets of"))));
}

// With consoles: what each says is what `cat` of its device gives.
class CycleWithConsoles : public Cycle {
 protected:
  CycleWithConsoles() {
    for (const char* device : {"/dev/ttyUSB0", "/dev/ttyUSB1"}) world_.Put(device, "");
    Describe(
        "[[node]]\nname = \"s0\"\nconsole = \"/dev/ttyUSB0\"\n[[node]]\nname = \"s1\"\n"
        "console = \"/dev/ttyUSB1\"\n[[node]]\nname = \"s2\"\n");
    world_.processes().Install("stty", [](const auto&) { return sim::ProgramRun{}; });
    world_.processes().Install("cat", [this](const auto& argv) {
      return sim::ProgramRun{.out = argv.at(1) == dead_ ? "" : "[    0.000000] Booting Linux\n",
                             .takes = std::chrono::seconds(20),
                             .ending = sim::ProgramRun::Ending::kHangs};
    });
  }

  std::string dead_;
};

TEST_F(CycleWithConsoles, Passes) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    console-boot "));
  EXPECT_THAT(Boots()[3], 1) << "rig.toml does not name s3";
}

TEST_F(CycleWithConsoles, NamesADeadConsole) {
  dead_ = "/dev/ttyUSB1";
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s1: booted, and its console /dev/ttyUSB1 said nothing"),
                               HasSubstr("cure: see its wires"), Not(HasSubstr("s0: booted"))));
}

TEST_F(Cycle, LeavesOutWhatIsQuarantinedUntilItsDayIsOver) {
  Describe(
      "[[quarantine]]\nscenario = \"reboot\"\nreason = \"the hub resets\"\n"
      "until = \"2999-12-31\"\n[[quarantine]]\nscenario = \"reboot-all\"\n"
      "reason = \"over\"\nuntil = \"2001-01-01\"\n");
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("quarantined reboot "), HasSubstr("the hub resets\n"),
                               HasSubstr("until 2999-12-31\n"), HasSubstr("pass    reboot-all "),
                               HasSubstr("1 quarantined\n")));
}

// systemd with the daemon, as far as the scenario sees it.
class CycleWithServe : public Cycle {
 protected:
  CycleWithServe() : serve_(Start({"serve"})) {
    world_.processes().Install("systemctl", [this](const std::vector<std::string>& argv) {
      is_to_be_killed_ = argv.at(1) == "kill";
      return sim::ProgramRun{};
    });
    each_step_ = [this] { BeSystemd(); };
  }

  void BeSystemd() {
    const os::Moment now = world_.clock().Now();
    if (std::exchange(is_to_be_killed_, false)) {
      host_.Kill(serve_);
      if (comes_back_) starts_at_ = now + std::chrono::seconds(10);
      dying_ = dies_slowly_ ? Dying::kHangsUp : Dying::kNot;
    } else if (dying_ == Dying::kHangsUp) {
      ASSERT_TRUE(world_.control().Listen(engine::kControlPath)) << "nobody waits for its end";
      dying_ = Dying::kTakesCallers;
    } else if (std::exchange(dying_, Dying::kNot) == Dying::kTakesCallers) {
      world_.control().ListenerDies();
    }
    if (!starts_at_ || now < *starts_at_) return;
    starts_at_.reset();
    serve_ = Start({"serve"});
  }

  bool comes_back_ = true;
  // Linux closes what it had open one after another: first who is connected is hung up on, and for
  // a step one can still connect.
  bool dies_slowly_ = false;
  enum class Dying { kNot, kHangsUp, kTakesCallers } dying_ = Dying::kNot;
  bool is_to_be_killed_ = false;
  std::optional<os::Moment> starts_at_;
  run::Pid serve_;
};

TEST_F(CycleWithServe, PassesAndAsksTheServeThatRuns) {
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("pass    serve "), HasSubstr("pass    link-loss ")));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_TRUE(host_.Runs(serve_));
}

TEST_F(CycleWithServe, WaitsForTheServeThatStaysWhenTheKilledOneCanStillBeConnectedTo) {
  dies_slowly_ = true;
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    serve "));
}

TEST_F(CycleWithServe, GivesTheLinksBackThatARunLeftWhichWasKilled) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return !IsUp("s1"); }));
  host_.Kill(run);
  WaitFor(run);
  EXPECT_TRUE(Until([&] { return IsUp("s1"); }));
}

TEST_F(CycleWithServe, NamesAServeThatDoesNotComeBack) {
  comes_back_ = false;
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("snail: serve was killed and does not come back"),
                               HasSubstr("systemctl status zprov.service")));
}

TEST_F(Cycle, SkipsWhatNeedsPowerWhereNobodySwitchesIt) {
  world_.Put("/etc/zprov/rig.toml", "");
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("skip    cold-boot     A node whose power was cut comes back as "
                                   "itself and disturbs no other.\n"
                                   "                      no power: rig.toml names nothing"));
  EXPECT_THAT(ended.err, Not(HasSubstr("cold-boot")));
  EXPECT_EQ(switched_, 0);
}

TEST_F(Cycle, LeavesARigAloneOnWhichSomethingIsWrong) {
  Update({"s1"});
  const auto before = Boots();
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              HasSubstr("the rig is not disturbed while something is wrong with it: cure "
                        "what \"generations\" found first"));
  EXPECT_EQ(Boots(), before);
}

TEST_F(Cycle, NamesASwitchThatSwitchesNothing) {
  switches_ = [](size_t node) { return node != 2; };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    cold-boot "),
                               HasSubstr("s2: its power was cut, and its port 1-1.4 still shows")));
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(Cycle, NamesANodeThatIsDisturbedByAnothersPower) {
  switches_ = [this](size_t node) {
    if (node == 0) Board(3).Unplug(), Board(3).PlugIn();
    return true;
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("s3: was disturbed by another node's restart"));
}

TEST_F(Cycle, NamesANodeThatComesBackAsAnotherBoard) {
  bool are_exchanged = false;
  switches_ = [&](size_t node) {
    if (node == 0 && !std::exchange(are_exchanged, true)) Board(0).ChangePlacesWith(Board(1));
    return true;
  };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("s0: came back as another board"));
}

TEST_F(Cycle, RecoversANodeThatDoesNotComeBackFromAWarmRebootAndSaysSo) {
  Board(1).Suffer(Fault::kNoWarmReboot, sim::zero::kEveryBoot);
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("warning: s1: did not come back from its reboot"),
                               HasSubstr("its power brought it back")));
  EXPECT_TRUE(AllAreHealthy());
}

TEST_F(Cycle, DoesNotGoOnWithANodeThatNothingBringsBack) {
  Board(1).Suffer(Fault::kNoWarmReboot, sim::zero::kEveryBoot);
  switches_ = [](size_t node) { return node != 1; };
  const run::Ended ended = RunCycle();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("fail    reboot "), HasSubstr("s1: did not come back from its reboot"),
            HasSubstr("not every node runs since \"reboot\""), HasSubstr("fail    put-back")));
  EXPECT_TRUE(IsMarked()) << "the next run tries it again";
}

TEST_F(Cycle, PutsTheRigBackWhenItIsInterrupted) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return Board(0).stage() == Stage::kOff; }));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("skip    cold-boot "), HasSubstr("; interrupted\n"),
                               HasSubstr("pass    put-back")));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_FALSE(IsMarked());
}

TEST_F(Cycle, PutsBackWhatARunLeftThatWasKilled) {
  const run::Pid run = Start({"--hil", "--level", "cycle", "--yes"});
  ASSERT_TRUE(Until([&] { return Board(1).stage() == Stage::kOff; }));
  host_.Kill(run);
  WaitFor(run);
  EXPECT_TRUE(IsMarked());
  EXPECT_THAT(Zprov({"--hil"}).out, HasSubstr("fail    left-over"));
  const run::Ended ended = RunCycle({"--json"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("\"put-back\"[^}]*\"pass\"[^}]*\"took_s\": ?[1-9]"));
  EXPECT_TRUE(AllAreHealthy());
  EXPECT_FALSE(IsMarked());
}

}  // namespace
}  // namespace zprov::hil
