// `zprov --hil --detect` that may disturb the simulated rig: whose board each switch cuts off.
#include <gmock/gmock.h>

#include <csignal>
#include <map>

#include "hil/console_ears.h"
#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRelay[] = "/usr/local/sbin/relay";

class TriedRig : public CycledRig {
 protected:
  TriedRig() {
    for (size_t i = 0; i < 5; ++i) lines_["s" + std::to_string(i)] = {i};
    world_.processes().Install(kRelay, [this](const auto& argv) { return SwitchLine(argv); });
  }

  run::Ended Detect(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--hil", "--detect"};
    words.insert(words.end(), more.begin(), more.end());
    return Zprov(words);
  }
  std::string File() { return world_.scene().Content(kOwnRigFile); }
  void RemoveFile() { world_.scene().Remove(kOwnRigFile); }
  // rig.toml as it is found, with the relay's command by hand.
  void WriteFoundWithRelay() {
    RemoveFile();
    ASSERT_EQ(Detect().exit, 0);
    std::string text = File();
    const std::string none = "by = \"none\"\n";
    const size_t at = text.find("\n" + none);
    ASSERT_NE(at, std::string::npos) << text;
    world_.Put(kOwnRigFile, text.replace(at + 1, none.size(),
                                         std::string("by = \"command\"\ncommand = \"") + kRelay +
                                             " {node}\"\n"));
  }
  // Another hub than a B+'s own above all boards, and they boot again.
  void ReplaceHubs() {
    for (const char* port : {"1-1", "1-1.5"}) {
      world_.usb().Plug({*PortPath::Parse(port), 0x05e3, 0x0610, 0, sim::kHubClass});
      world_.usb().SetHubPower(*PortPath::Parse(port), sim::HubPower::kPerPort);
      world_.usb().SetHubClaim(*PortPath::Parse(port), sim::HubPower::kPerPort);
    }
    Boot();
    ASSERT_TRUE(AllAreHealthy());
  }
  void ExpectAllRunAgain() {
    EXPECT_TRUE(AllAreHealthy());
    EXPECT_FALSE(IsMarked());
  }

  std::map<std::string, std::vector<size_t>> lines_;  // which boards each cuts off
  std::string broken_;                                // a word that no line obeys
  int exit_code_ = 0;
  std::map<std::string, int> cuts_;  // how often each was told to

 private:
  sim::ProgramRun SwitchLine(const std::vector<std::string>& argv) {
    cuts_[argv.at(1)] += argv.at(2) == "off" ? 1 : 0;
    for (const size_t board : lines_.at(argv.at(1))) {
      if (argv.at(2) == broken_) continue;
      argv.at(2) == "off" ? Board(board).Unplug() : Board(board).PlugIn();
    }
    return {.error = exit_code_ == 0 ? "" : "stuck\n", .exit_code = exit_code_};
  }
};

TEST_F(TriedRig, HasSwitchesThatAreEachItsNodesAlone) {
  WriteFoundWithRelay();
  const std::string file = File();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("The power of s0, s1, s2, s3, s4 can be tried"),
                               Not(HasSubstr("115200 Bd"))));
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\npass    power "), HasSubstr("\npass    put-back ")));
  EXPECT_EQ(File(), file);
  for (const spec::Node& node : spec_.nodes) EXPECT_EQ(cuts_[node.name], 1) << node.name;
  ExpectAllRunAgain();
}

TEST_F(TriedRig, IsNotTriedWhereNobodySaidThatItMayBe) {
  WriteFoundWithRelay();
  const auto boots = Boots();
  const run::Ended ended = Detect();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the power is not tried: say --yes if it may do that"));
  EXPECT_THAT(ended.out, Not(HasSubstr(" power ")));
  EXPECT_EQ(Boots(), boots);
}

TEST_F(TriedRig, HasNothingToTryWithoutASwitch) {
  RemoveFile();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, Not(HasSubstr("can be tried")));
}

TEST_F(TriedRig, NamesTwoSwitchesThatAreExchanged) {
  WriteFoundWithRelay();
  std::swap(lines_["s0"], lines_["s1"]);
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1) << ended.out;
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("fail    power "), HasSubstr("s0: when its power was cut, s1 left instead\n"),
            HasSubstr("s1: when its power was cut, s0 left instead\n"),
            HasSubstr("cure: exchange the switches of s0 and s1, or power_command")));
  ExpectAllRunAgain();
}

TEST_F(TriedRig, NamesASwitchThatCutsAnotherOffToo) {
  WriteFoundWithRelay();
  lines_["s3"] = {3, 4};
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("s3: when its power was cut, s4 left too\n"),
                    HasSubstr("cure: see how its switch is wired"), Not(HasSubstr("s4: when"))));
  ExpectAllRunAgain();
}

TEST_F(TriedRig, NamesASwitchThatDoesNothing) {
  WriteFoundWithRelay();
  lines_["s2"] = {};
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s2: its power was cut, and no board left\n"),
                               HasSubstr("gets power from nowhere else")));
  ExpectAllRunAgain();
}

TEST_F(TriedRig, NamesASwitchThatGivesNoPowerAgain) {
  WriteFoundWithRelay();
  broken_ = "on";
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s0: its power: has power again, and not everybody is "),
                               HasSubstr("fail    put-back ")));
  EXPECT_TRUE(IsMarked()) << "the next run tries to put it back";
}

TEST_F(TriedRig, NamesAPowerCommandThatFails) {
  WriteFoundWithRelay();
  exit_code_ = 1;
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("relay s0 ended with 1: stuck"));
}

TEST_F(TriedRig, SwitchesPortsOfAHubThatWasTried) {
  ReplaceHubs();
  RemoveFile();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("by the hub that it hangs on"));
  EXPECT_THAT(File(), HasSubstr("# Each port was tried: it is its node's alone.\n[power]\n"
                                "by = \"port\"\n"));
  ExpectAllRunAgain();
}

TEST_F(TriedRig, BelievesNoHubThatWasNotTried) {
  ReplaceHubs();
  RemoveFile();
  EXPECT_EQ(Detect().exit, 0);
  EXPECT_THAT(File(), HasSubstr("[power]\nby = \"none\"\n"));
}

TEST_F(TriedRig, FindsOutThatAHubSwitchesItsPortsTogether) {
  ReplaceHubs();
  world_.usb().SetHubPower(*PortPath::Parse("1-1.5"), sim::HubPower::kGanged);
  RemoveFile();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 1) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s3: when its power was cut, s4 left too\n"),
                               HasSubstr("cure: its hub switches its ports together")));
  EXPECT_THAT(File(), HasSubstr("[power]\nby = \"none\"\n"));
  ExpectAllRunAgain();
}

// What Linux says on the console of that node.
std::string BootOf(const std::string& node) {
  return "[    0.000000] Kernel command line: console=ttyAMA0 zprov.node=" + node +
         " zprov.mtu=1500\r\n";
}

// What `cat` of each serial device gives: what Linux says there while its node boots.
class TriedRigWithConsoles : public TriedRig {
 protected:
  TriedRigWithConsoles() {
    for (const auto& [device, said] : said_) world_.Put(device, "");
    world_.processes().Install("stty", [](const auto&) { return sim::ProgramRun{}; });
    world_.processes().Install("cat", [this](const auto& argv) {
      return sim::ProgramRun{.out = said_.at(argv.at(1)),
                             .takes = std::chrono::seconds(20),
                             .ending = sim::ProgramRun::Ending::kHangs};
    });
  }

  std::map<std::string, std::string> said_ = {
      {"/dev/ttyUSB0", BootOf("s3")}, {"/dev/ttyUSB1", "login: "}, {"/dev/ttyUSB2", BootOf("s0")}};
};

TEST_F(TriedRigWithConsoles, SayWhoseTheyAre) {
  WriteFoundWithRelay();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\npass    consoles "),
                               HasSubstr("/dev/ttyUSB1: no node said there that it boots\n"),
                               HasSubstr("cure: see its wires")));
}

TEST_F(TriedRigWithConsoles, AreNamedBeforeAnybodyListensToThem) {
  WriteFoundWithRelay();
  int started = 0;
  world_.processes().Install("stty", [&](const auto&) { return ++started, sim::ProgramRun{}; });
  EXPECT_THAT(Detect().err,
              HasSubstr("Meanwhile /dev/ttyUSB0, /dev/ttyUSB1, /dev/ttyUSB2 are set to 115200 Bd "
                        "and read, to hear whose console each is: unplug first what is\n"
                        "something else, a modem or a UPS.\n"));
  EXPECT_EQ(started, 0);
}

TEST_F(TriedRigWithConsoles, AreDifferencesWhereRigTomlHasNone) {
  WriteFoundWithRelay();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("s0: its console is /dev/ttyUSB2, and rig.toml has none\n"
                                         "                      cure: console = \"/dev/ttyUSB2\""),
                               HasSubstr("s3: its console is /dev/ttyUSB0")));
}

TEST_F(TriedRigWithConsoles, AreWrittenUnderTheirNodes) {
  ReplaceHubs();
  RemoveFile();
  ASSERT_EQ(Detect({"--yes"}).exit, 0);
  EXPECT_THAT(File(), AllOf(HasSubstr("\nconsole = \"/dev/ttyUSB2\"\n\n[[node]]\nname = \"s1\"\n"),
                            HasSubstr("\nconsole = \"/dev/ttyUSB0\"\n\n[[node]]\nname = \"s4\"\n"),
                            HasSubstr("\n# console = \"/dev/ttyUSB1\"\n"),
                            Not(HasSubstr("# console = \"/dev/ttyUSB0\""))));
}

TEST_F(TriedRigWithConsoles, AreOneNodesEachAndOnlyOurs) {
  WriteFoundWithRelay();
  said_["/dev/ttyUSB1"] = BootOf("s3");
  said_["/dev/ttyUSB2"] = BootOf("x7");
  const run::Ended ended = Detect({"--yes"});
  EXPECT_THAT(
      ended.out,
      AllOf(HasSubstr("/dev/ttyUSB1: says what /dev/ttyUSB0 says, the console of s3"),
            HasSubstr("/dev/ttyUSB2: x7 boots there, and is none of those that were tried\n")));
}

TEST(NodeHeardIn, IsThatOfTheLastBootByItsWholeName) {
  EXPECT_EQ(NodeHeardIn(BootOf("s1") + BootOf("s2")), "s2");
  EXPECT_EQ(NodeHeardIn("console=ttyAMA0 zprov.node=s1"), "");  // the rest is still to come
  EXPECT_EQ(NodeHeardIn(""), "");
}

TEST_F(TriedRigWithConsoles, AreNotListenedToWithoutACat) {
  WriteFoundWithRelay();
  world_.processes().Remove("cat");
  const auto boots = Boots();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 5) << ended.out;
  EXPECT_EQ(Boots(), boots);
  EXPECT_FALSE(IsMarked());
}

TEST_F(TriedRig, GetsItsPowerBackWhenItIsInterrupted) {
  WriteFoundWithRelay();
  const std::string file = File();
  const run::Pid run = Start({"--hil", "--detect", "--yes"});
  ASSERT_TRUE(Until([&] { return Board(1).stage() == Stage::kOff; }));
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.err, HasSubstr("interrupted: nothing was written"));
  EXPECT_EQ(File(), file);
  ExpectAllRunAgain();
}

TEST_F(TriedRig, IsPutBackAfterARunThatWasKilled) {
  WriteFoundWithRelay();
  const run::Pid run = Start({"--hil", "--detect", "--yes"});
  ASSERT_TRUE(Until([&] { return Board(1).stage() == Stage::kOff; }));
  host_.Kill(run);
  WaitFor(run);
  EXPECT_TRUE(IsMarked());
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  ExpectAllRunAgain();
}

TEST_F(TriedRig, IsTriedBesideServeWhichBootsNobodyMeanwhile) {
  WriteFoundWithRelay();
  Start({"serve"});
  const auto boots = Boots();
  const run::Ended ended = Detect({"--yes"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(Boots()[i], boots[i] + 1);
  ExpectAllRunAgain();
}

}  // namespace
}  // namespace zprov::hil
