// What is found of the simulated rig without touching it, what of it is not as cluster.toml says,
// and the rig.toml that comes of it.
#include "hil/detect.h"

#include <gmock/gmock.h>

#include <csignal>

#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using sim::zero::Stage;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr uint16_t kBroadcom = 0x0a5c;
constexpr uint16_t kBootRom = 0x2763;

PortPath At(const char* port) { return *PortPath::Parse(port); }

class DetectedRig : public AcceptedRig {
 protected:
  Detected Find() {
    const auto detected = Detect({world_.system(), spec_, described_});
    EXPECT_TRUE(detected) << detected.error().message;
    return detected.value_or(Detected());
  }
  // "subject: what: cure", the grade in front of a warning.
  std::vector<std::string> Lines(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const Finding& finding : findings) {
      lines.push_back(fmt::format("{}{}: {}: {}",
                                  finding.grade == Grade::kWarning ? "warning: " : "",
                                  finding.subject, finding.what, finding.cure));
    }
    return lines;
  }
  std::vector<std::string> Wrong() { return Lines(Find().findings); }

  // The file that comes of it, as rig.toml is read.
  RigDescription Written(const Detected& detected) {
    const std::string text = RigFileOf(detected, spec_);
    ParsedRig parsed = ParseRig(text, spec_);
    EXPECT_THAT(parsed.problems, IsEmpty()) << text;
    return parsed.rig.value_or(RigDescription());
  }

  // Its power was cut and given, and nobody boots it.
  void PutIntoBootRom(size_t node) {
    zeros_[node]->Unplug();
    zeros_[node]->PlugIn();
    const os::Moment late = world_.clock().Now() + std::chrono::minutes(1);
    while (zeros_[node]->stage() != Stage::kRom && world_.clock().Now() < late) {
      ASSERT_TRUE(world_.system().events.Next(world_.clock().Now() + std::chrono::seconds(1)));
    }
  }
  void PlugStrangerIn(const char* port) {
    world_.usb().Plug({At(port), kBroadcom, kBootRom, 0, 0});
  }
  void ExchangePortsInSpec() { std::swap(spec_.nodes[0].usb, spec_.nodes[1].usb); }
};

TEST_F(DetectedRig, ShowsEachNodeWithItsPortItsMacAndItsSerial) {
  const Detected detected = Find();
  ASSERT_THAT(detected.boards, SizeIs(5));
  for (size_t i = 0; i < 5; ++i) {
    const spec::Node& node = spec_.nodes[i];
    EXPECT_EQ(detected.boards[i], (FoundBoard{.port = *node.usb,
                                              .node = node.name,
                                              .shows = "up",
                                              .mac = node.node_mac,
                                              .serial = zeros_[i]->serial()}));
  }
  EXPECT_THAT(detected.findings, IsEmpty());
  EXPECT_THAT(detected.missing, IsEmpty());
  EXPECT_THAT(detected.consoles, IsEmpty());
}

TEST_F(DetectedRig, ChangesNothing) {
  const std::string before = world_.Dump();
  std::vector<int> boots;
  for (const auto& zero : zeros_) boots.push_back(zero->boots());
  Find();
  EXPECT_EQ(world_.Dump(), before);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(zeros_[i]->boots(), boots[i]);
    EXPECT_EQ(zeros_[i]->stage(), Stage::kHealthy);
    EXPECT_EQ(world_.usb().PowerCuts(*spec_.nodes[i].usb), 0);
  }
}

TEST_F(DetectedRig, IsTheSameWhenItsFileIsReadBack) {
  const Detected detected = Find();
  const RigDescription rig = Written(detected);
  EXPECT_EQ(rig.power, PowerBy::kNobody);
  ASSERT_THAT(rig.boards, SizeIs(5));
  for (size_t i = 0; i < 5; ++i) {
    const spec::Node& node = spec_.nodes[i];
    EXPECT_EQ(rig.boards[i], (BoardAtRig{.name = node.name,
                                         .usb = node.usb,
                                         .mac = node.node_mac,
                                         .serial = zeros_[i]->serial()}));
  }
  EXPECT_THAT(DifferencesOf(detected, rig), IsEmpty());
}

TEST_F(DetectedRig, HasBoardsThatNobodyBootedAndSaysWhatIsNotKnownOfThem) {
  PutIntoBootRom(1);
  const Detected detected = Find();
  EXPECT_EQ(detected.boards[1],
            (FoundBoard{.port = At("1-1.3"), .node = "s1", .shows = "boot ROM"}));
  EXPECT_THAT(detected.findings, IsEmpty());
  EXPECT_EQ(Written(detected).boards[1],
            (BoardAtRig{.name = "s1", .usb = At("1-1.3"), .mac = spec_.nodes[1].node_mac}));
  EXPECT_THAT(RigFileOf(detected, spec_),
              HasSubstr("usb = \"1-1.3\"  # boot ROM\n# mac: as cluster.toml has it"));
}

// ---- hubs and power

TEST_F(DetectedRig, KnowsThatTheSocketsOfABPlusHaveOneSwitchWhateverTheirHubSays) {
  const Detected detected = Find();
  ASSERT_THAT(detected.hubs, SizeIs(2));
  EXPECT_EQ(Sentence(detected.hubs[0]),
            "says that it switches each port alone, and is known to switch all at once");
  EXPECT_EQ(detected.hubs[1].hub.port, At("1-1.5"));
  EXPECT_EQ(Sentence(detected.hubs[1]), "says that it switches all its ports at once");
  EXPECT_THAT(RigFileOf(detected, spec_),
              HasSubstr("# The hub at 1-1.5 (05e3:0608) says that it switches all its ports"));
}

TEST_F(DetectedRig, NamesANodeWhosePowerIsSaidToBePerPortAndIsNot) {
  spec_.nodes[0].power = spec::Power::kPerPort;
  spec_.nodes[3].power = spec::Power::kPerPort;
  EXPECT_THAT(Wrong(), ElementsAre(Names("s0: cluster.toml says power = \"per-port\"",
                                         "its hub 1-1 says", "power = \"ganged\" for s0"),
                                   Names("s3: ", "its hub 1-1.5 says that it switches all",
                                         "power = \"ganged\" for s3")));
  world_.usb().SetHubPower(At("1-1.5"), sim::HubPower::kNone);
  EXPECT_THAT(Wrong(), Contains(Names("s3: ", "switches none of its ports", "ganged")));
}

TEST_F(DetectedRig, SwitchesPortsOnlyWhereClusterTomlAndEveryHubSaySo) {
  for (spec::Node& node : spec_.nodes) node.power = spec::Power::kPerPort;
  EXPECT_EQ(Written(Find()).power, PowerBy::kNobody);
  Detected detected = Find();
  for (HubLook& hub : detected.hubs) hub.does = Switching::kEach;
  EXPECT_EQ(Written(detected).power, PowerBy::kPort);
  spec_.nodes[4].power = spec::Power::kGanged;
  EXPECT_EQ(Written(detected).power, PowerBy::kNobody);
}

TEST_F(DetectedRig, TakesThePowerCommandsOfClusterToml) {
  for (spec::Node& node : spec_.nodes) {
    node.power = spec::Power::kCommand;
    node.power_command = "/usr/local/sbin/relay \"" + node.name + "\"";
  }
  const RigDescription rig = Written(Find());
  EXPECT_EQ(rig.power, PowerBy::kCommand);
  EXPECT_THAT(rig.boards[2].power_command, ElementsAre("/usr/local/sbin/relay", "\"s2\""));
}

TEST_F(DetectedRig, SaysWhyAHubDidNotSayWhatItCan) {
  world_.usb().Babble(At("1-1.5"), 1);
  const Detected detected = Find();
  EXPECT_EQ(detected.hubs[1].says, Switching::kUnknown);
  EXPECT_THAT(Sentence(detected.hubs[1]), HasSubstr("it does not answer when it is asked"));
}

TEST(HubDescriptor, SaysWhetherPortsAreSwitchedEachOrTogetherOrNot) {
  const auto with = [](char characteristics) {
    return SwitchingIn(std::string("\x09\x29\x04", 3) + characteristics + std::string(3, '\0'));
  };
  EXPECT_EQ(with('\x00'), Switching::kTogether);
  EXPECT_EQ(with('\xe9'), Switching::kEach);
  EXPECT_EQ(with('\x0a'), Switching::kNone);
  EXPECT_EQ(with('\x0b'), Switching::kNone);
  EXPECT_EQ(SwitchingIn(std::string_view("\x09\x29\x04\x01\0\0", 6)), Switching::kUnknown);
  EXPECT_EQ(SwitchingIn(std::string_view("\x09\x02\x04\x01\0\0\0", 7)), Switching::kUnknown);
  EXPECT_EQ(SwitchingIn(""), Switching::kUnknown);
}

// ---- what is not as cluster.toml says

TEST_F(DetectedRig, NamesASpecWhosePortsWereExchangedAndWritesWhereTheBoardsAre) {
  ExchangePortsInSpec();
  const Detected detected = Find();
  EXPECT_THAT(
      Lines(detected.findings),
      ElementsAre(Names("s0: ", "is at 1-1.2, and cluster.toml has it at 1-1.3 and s1 there",
                        "exchange usb of s0 and s1 in cluster.toml"),
                  Names("s1: ", "is at 1-1.3, and cluster.toml has it at 1-1.2 and s0 there",
                        "exchange usb of s1 and s0 in cluster.toml")));
  EXPECT_EQ(Written(detected).boards[0].usb, At("1-1.2"));
}

TEST_F(DetectedRig, NamesANodeThatClusterTomlHasAtAPortWhereNothingIs) {
  spec_.nodes[0].usb = At("1-1.5.4");
  EXPECT_THAT(Wrong(), Contains(Names("s0: ", "is at 1-1.2, and cluster.toml has it at 1-1.5.4",
                                      "usb = \"1-1.2\" for s0 in cluster.toml")));
}

TEST_F(DetectedRig, NamesANodeThatIsNotBootedForItHasNoPort) {
  spec_.nodes[2].usb.reset();
  EXPECT_THAT(Wrong(), ElementsAre(Names("s2: ", "is at 1-1.4, and cluster.toml has no port for it",
                                         "usb = \"1-1.4\" for s2")));
  spec_.mode = spec::Mode::kCompatible;
  EXPECT_THAT(Wrong(), IsEmpty()) << "its MAC is enough there";
  EXPECT_EQ(Written(Find()).boards[2].usb, At("1-1.4"));
}

TEST_F(DetectedRig, NamesBoardsThatWereExchanged) {
  for (size_t i = 0; i < 5; ++i) spec_.nodes[i].serial = zeros_[i]->serial();
  std::swap(spec_.nodes[0].serial, spec_.nodes[1].serial);
  const Detected detected = Find();
  EXPECT_THAT(Lines(detected.findings),
              ElementsAre(Names("s0: ", "is the board of s1", "exchange the plugs"),
                          Names("s1: ", "is the board of s0", "exchange the plugs")));
  EXPECT_EQ(Written(detected).boards[0].serial, zeros_[0]->serial());
}

TEST_F(DetectedRig, NamesABoardAtAPortThatNoNodeHas) {
  PlugStrangerIn("1-1.5.3");
  EXPECT_THAT(Wrong(), ElementsAre(Names("1-1.5.3: ", "a board is there (boot ROM), and",
                                         "describe one more node with that port")));
  spec_.nodes[4].usb = At("1-1.5.7");
  zeros_[4]->Unplug();
  EXPECT_THAT(Wrong(), Contains(Names("1-1.5.3: ", "no node at 1-1.5.3",
                                      "usb = \"1-1.5.3\" for s4, whichever")));
  EXPECT_THAT(Find().boards, Each(Field(&FoundBoard::node, Not("s4"))));
}

TEST_F(DetectedRig, TellsWhoeverHasNoPortsYetWhichThereAre) {
  for (size_t i = 0; i < 5; ++i) {
    spec_.nodes[i].usb.reset();
    PutIntoBootRom(i);
  }
  const Detected detected = Find();
  EXPECT_THAT(Lines(detected.findings),
              ElementsAre(Names("snail: ", "no port for any node",
                                "usb = [\"1-1.2\", \"1-1.3\", \"1-1.4\", \"1-1.5.1\", "
                                "\"1-1.5.2\"] under [nodes]")));
}

TEST_F(DetectedRig, NamesABoardThatIsNotTheNodeThatBelongsThere) {
  ExchangePortsInSpec();
  PutIntoBootRom(1);
  EXPECT_THAT(Wrong(), Contains(Names("1-1.3: a board is there (boot ROM) that is not s0",
                                      "whose link is elsewhere", "correct usb of s0")));
}

TEST_F(DetectedRig, NamesWhatIsNoBoardWhereANodeBelongs) {
  zeros_[2]->Unplug();
  world_.usb().Plug({At("1-1.4"), 0x046d, 0xc31c, 0, 0});
  EXPECT_THAT(Wrong(), ElementsAre(Names("s2: ", "at its port 1-1.4 is no board, but 046d:c31c",
                                         "plug s2 in there")));
  spec_.nodes[2].usb = At("1-1.5");
  EXPECT_THAT(Wrong(), Contains(Names("s2: ", "is no board, but a hub", "correct usb of s2")));
}

TEST_F(DetectedRig, WarnsOfANodeThatIsNotThereAndKeepsItsPlaceInTheFile) {
  zeros_[4]->Unplug();
  const Detected detected = Find();
  EXPECT_THAT(Lines(detected.findings),
              ElementsAre(Names("warning: s4: nothing is at its port 1-1.5.2", "", "plug it in")));
  EXPECT_THAT(Written(detected).boards, SizeIs(4));
  EXPECT_THAT(RigFileOf(detected, spec_),
              HasSubstr("\n# [[node]]\n# name = \"s4\"\n# usb = \"1-1.5.2\"\n"));
}

TEST_F(DetectedRig, BelievesNoNodeThatSaysAnothersSerial) {
  const std::string report = "/x/.zprov/gen/1/s2/root/var/lib/zprov/boot.json";
  std::string text = world_.scene().Content(report);
  const size_t at = text.find(zeros_[2]->serial());
  ASSERT_NE(at, std::string::npos) << text;
  text.replace(at, zeros_[2]->serial().size(), zeros_[0]->serial());
  world_.Put(report, text);
  const Detected detected = Find();
  EXPECT_THAT(Lines(detected.findings),
              ElementsAre(Names("s0, s2: say the same serial", zeros_[0]->serial(), "cpuinfo")));
  EXPECT_EQ(Written(detected).boards[0].serial, "");
  EXPECT_EQ(Written(detected).boards[1].serial, zeros_[1]->serial());
}

TEST_F(DetectedRig, TakesNoSerialThatIsNone) {
  const std::string report = "/x/.zprov/gen/1/s2/root/var/lib/zprov/boot.json";
  const std::string text = world_.scene().Content(report);
  const size_t at = text.find(zeros_[2]->serial());
  ASSERT_NE(at, std::string::npos) << text;
  for (const char* said : {"0000000000000000", "x\\\"]"}) {
    std::string other = text;
    world_.Put(report, other.replace(at, zeros_[2]->serial().size(), said));
    EXPECT_EQ(Find().boards[2].serial, "") << said;
  }
}

TEST_F(DetectedRig, ShowsConsolesByTheNamesThatStay) {
  world_.Put("/dev/ttyUSB0", "");
  world_.Put("/dev/sda", "");
  EXPECT_THAT(Find().consoles, ElementsAre("/dev/ttyUSB0"));
  world_.Put("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", "");
  world_.Put("/dev/serial/by-id/usb-\n[power]", "");
  const Detected detected = Find();
  EXPECT_THAT(detected.consoles, ElementsAre("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0"));
  EXPECT_THAT(RigFileOf(detected, spec_),
              HasSubstr("\n# console = \"/dev/serial/by-id/usb-FTDI_FT232R-if00-port0\"\n"));
}

TEST_F(DetectedRig, IsNotKnownWhereTheBusCannotBeRead) {
  world_.usb().DropRights();
  const auto detected = Detect({world_.system(), spec_});
  ASSERT_FALSE(detected);
  EXPECT_EQ(detected.error().kind, ErrorKind::kPermission);
}

TEST_F(DetectedRig, SaysWhatARigTomlHasOtherwise) {
  RigDescription has = Written(Find());
  has.boards[0].usb = At("1-1.4");
  has.boards[1].mac = Mac::Parse("02:00:00:00:00:07");
  has.boards[2].serial.clear();
  has.boards.pop_back();
  EXPECT_THAT(
      Lines(DifferencesOf(Find(), has)),
      ElementsAre(Names("s0: ", "its usb is 1-1.2, and 1-1.4 in rig.toml", "usb = \"1-1.2\""),
                  Names("s1: ", "and 02:00:00:00:00:07 in rig.toml", "mac = \""),
                  Names("s2: ", "and rig.toml has none", "serial = \"" + zeros_[2]->serial()),
                  Names("s4: ", "is at 1-1.5.2, and rig.toml does not name it", "[[node]]")));
}

// ---- the command

class DetectCommand : public CycledRig {
 protected:
  run::Ended Run(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--hil", "--detect"});
    return Zprov(std::move(more));
  }
  bool HasFile() { return world_.scene().Has(kOwnRigFile); }
  std::string File() { return world_.scene().Content(kOwnRigFile); }
  void RemoveFile() { world_.scene().Remove(kOwnRigFile); }
  std::vector<std::string> InItsDirectory() {
    return world_.system().trees.List("/etc/zprov").value();
  }
};

TEST_F(DetectCommand, WritesADescriptionThatTheRigIsGreenWith) {
  RemoveFile();
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(StartsWith("NODE  PORT "), HasSubstr("\ns4    1-1.5.2  up "),
                               HasSubstr("\nhub 1-1: says that it switches each port alone, and"),
                               HasSubstr("\npass    cluster "),
                               HasSubstr("\n/etc/zprov/rig.toml is written: read it")));
  const run::Ended green = Zprov({"--hil"});
  EXPECT_EQ(green.exit, 0) << green.out;
  EXPECT_THAT(green.out, AllOf(HasSubstr("\npass    rig "), HasSubstr("\npass    boards ")));
}

TEST_F(DetectCommand, ThatIsRunAgainLeavesTheFileAsItIs) {
  RemoveFile();
  Run();
  const std::string refined = File() + "\n[limits]\nboot_kb_per_s = 2000\n";
  world_.Put(kOwnRigFile, refined);
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("rig.toml says all that was found: it stays as it is\n"));
  EXPECT_EQ(File(), refined);
}

TEST_F(DetectCommand, ReplacesNothingThatAPersonWroteAndSaysWhatDiffers) {
  const std::string by_hand = File();
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    rig.toml "),
                               HasSubstr("s0: its serial is " + Board(0).serial()),
                               HasSubstr("cure: serial = \"" + Board(0).serial() + "\" under"),
                               HasSubstr("/etc/zprov/rig.toml stays as it is: ")));
  EXPECT_EQ(File(), by_hand);
}

TEST_F(DetectCommand, LooksAtNothingWhileTheFileCannotBeRead) {
  world_.Put(kOwnRigFile, "[power]\nbye = 1\n");
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("/etc/zprov/rig.toml:2: unknown key \"bye\""),
                               HasSubstr("nothing was looked at: correct /etc/zprov/rig.toml")));
  EXPECT_EQ(ended.out, "");
}

TEST_F(DetectCommand, ThatFindsSomethingWrongEndsWith1AndWritesWhatIsThere) {
  RemoveFile();
  std::string spec = world_.scene().Content("/etc/zprov/cluster.toml");
  const size_t at = spec.find("\"1-1.2\", \"1-1.3\"");
  ASSERT_NE(at, std::string::npos) << spec;
  world_.Put("/etc/zprov/cluster.toml", spec.replace(at, 16, "\"1-1.3\", \"1-1.2\""));
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    cluster "),
                               HasSubstr("cure: exchange usb of s0 and s1 in cluster.toml")));
  EXPECT_THAT(File(), HasSubstr("name = \"s0\"\nusb = \"1-1.2\""));
  EXPECT_THAT(Zprov({"--hil"}).out, HasSubstr("fail    rig ")) << "the file says what is there";
}

TEST_F(DetectCommand, WritesNothingWhereNoBoardIsANodes) {
  RemoveFile();
  for (size_t i = 0; i < 5; ++i) Board(i).Unplug();
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(StartsWith("no board is plugged in\n"),
                               HasSubstr("rig.toml is not written: no board")));
  EXPECT_FALSE(HasFile());
}

TEST_F(DetectCommand, EndsWith5WhereNothingCanBeFoundOut) {
  RemoveFile();
  world_.usb().DropRights();
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 5);
  EXPECT_THAT(ended.err, HasSubstr("try again as root"));
  EXPECT_FALSE(HasFile());
}

TEST_F(DetectCommand, ThatIsInterruptedWritesNothing) {
  RemoveFile();
  const auto before = InItsDirectory();
  const run::Pid run = Start({"--hil", "--detect"});
  host_.Signal(run, SIGINT);
  const run::Ended ended = WaitFor(run);
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.err, HasSubstr("interrupted: nothing was written"));
  EXPECT_EQ(InItsDirectory(), before);
}

TEST_F(DetectCommand, RunsBesideServe) {
  RemoveFile();
  const run::Pid serve = Start({"serve"});
  ASSERT_TRUE(Until([&] { return world_.scene().Has("/run/zprov"); }));
  const run::Ended ended = Run();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_TRUE(AllAreHealthy());
  host_.Kill(serve);
  WaitFor(serve);
}

}  // namespace
}  // namespace zprov::hil
