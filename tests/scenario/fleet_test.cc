// The fleet on a simulated bus with scripted Zeros: each boots by itself, whatever the others do.
#include "engine/fleet/fleet.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenario/rig.h"
#include "scenario/scripted_zero.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using engine::NodeState;
using engine::NodeView;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::vector<std::string> kNames = {"autoboot.txt", "config.txt", "recovery.elf", "start.elf",
                                         "fixup.dat",    "config.txt", "cmdline.txt",  "kernel.img",
                                         "initrd.img",   "config.txt", "missing.dtbo"};

class FleetRig {
 public:
  // The rig after apply and update; the boards on its ports do as their scripts say.
  void Start(std::map<int, Trouble> troubles = {}) {
    spec_ = Cluster(spec::Mode::kNative);
    sim::Rig(world_);
    for (const spec::Node& node : spec_.nodes) world_.usb().Unplug(*node.usb);
    ASSERT_TRUE(Apply(world_.system(), spec_));
    for (size_t i = 0; i < spec_.nodes.size(); ++i) {
      const auto trouble = troubles.find(static_cast<int>(i));
      zeros_.push_back(std::make_unique<ScriptedZero>(
          world_, *spec_.nodes[i].usb,
          ZeroScript{kNames, trouble == troubles.end() ? Trouble::kNone : trouble->second}));
      zeros_.back()->PowerOn();
    }
  }

  void Begin() {
    fleet_ = std::make_unique<engine::Fleet>(world_.system(), spec_);
    ASSERT_TRUE(fleet_->Begin());
  }

  void LetPass(std::chrono::nanoseconds time) {
    const os::Moment end = world_.clock().Now() + time;
    while (true) {
      const auto event = world_.system().events.Next(std::min(fleet_->NextDeadline(), end));
      ASSERT_TRUE(event) << event.error().message;
      fleet_->On(*event);
      for (auto& notice : fleet_->TakeNotices()) notices_.push_back(notice);
      const bool is_idle = std::holds_alternative<os::DeadlinePassed>(*event);
      if (is_idle && world_.clock().Now() >= end) return;
    }
  }

  NodeView Of(int node) { return fleet_->Views()[static_cast<size_t>(node)]; }

  // "rom, first stage sent, …" of one node.
  std::vector<NodeState> StatesOf(const std::string& node) {
    std::vector<NodeState> states;
    for (const auto& notice : notices_) {
      if (notice.node == node) states.push_back(notice.state);
    }
    return states;
  }

  os::Moment WhenIn(const std::string& node, NodeState state) {
    for (const auto& notice : notices_) {
      if (notice.node == node && notice.state == state) return notice.at;
    }
    ADD_FAILURE() << node << " was never " << engine::Name(state);
    return os::Moment::max();
  }

  int PowerCuts() {
    int cuts = 0;
    for (const spec::Node& node : spec_.nodes) cuts += world_.usb().PowerCuts(*node.usb);
    return cuts;
  }

  std::string BootSet(const std::string& node, const std::string& name) {
    return world_.scene().Content("/x/.zprov/current/" + node + "/boot/" + name);
  }

  sim::World world_;
  spec::ClusterSpec spec_;
  std::vector<std::unique_ptr<ScriptedZero>> zeros_;
  std::unique_ptr<engine::Fleet> fleet_;
  std::vector<engine::NodeNotice> notices_;
};

class FleetTest : public FleetRig, public ::testing::Test {};

TEST_F(FleetTest, BootsFiveZerosFromTheirGenerationsAtOnce) {
  Start();
  Begin();
  LetPass(seconds(20));
  for (int i = 0; i < 5; ++i) {
    const std::string name = spec_.nodes[static_cast<size_t>(i)].name;
    EXPECT_EQ(Of(i).state, NodeState::kGadget) << name << ": " << Of(i).cause;
    EXPECT_THAT(StatesOf(name),
                ElementsAre(NodeState::kRom, NodeState::kFirstStageSent, NodeState::kServing,
                            NodeState::kServed, NodeState::kGadget));
    const auto& got = zeros_[static_cast<size_t>(i)]->got;
    EXPECT_EQ(got.find("first stage")->second, BootSet(name, "bootcode.bin"));
    for (const char* file : {"start.elf", "fixup.dat", "kernel.img", "initrd.img"}) {
      ASSERT_EQ(got.count(file), 1U) << file;
      EXPECT_EQ(got.find(file)->second, BootSet(name, file));
    }
  }
}

TEST_F(FleetTest, TellsEachNodeItsRealRootAndItsOwnNonce) {
  Start();
  Begin();
  LetPass(seconds(20));
  for (int i = 0; i < 5; ++i) {
    const std::string name = spec_.nodes[static_cast<size_t>(i)].name;
    const std::string line = zeros_[static_cast<size_t>(i)]->got.find("cmdline.txt")->second;
    EXPECT_THAT(line, HasSubstr(":/x/.zprov/gen/1/" + name + "/root,"));
    EXPECT_THAT(Of(i).nonce, SizeIs(32));
    EXPECT_THAT(line, EndsWith(" zprov.boot=" + Of(i).nonce + "\n"));
    if (i > 0) {
      EXPECT_NE(Of(i).nonce, Of(0).nonce);
    }
  }
}

TEST_F(FleetTest, KeepsATimelineOfWhatWasAskedForAndMissed) {
  Start();
  Begin();
  LetPass(seconds(20));
  const NodeView view = Of(0);
  ASSERT_THAT(view.timeline, SizeIs(1 + kNames.size()));
  EXPECT_EQ(view.timeline[0].name, "bootcode.bin");
  EXPECT_EQ(view.timeline[1].what, engine::FileRecord::What::kExpectedMiss);
  EXPECT_EQ(view.timeline[4].name, "start.elf");
  EXPECT_EQ(view.timeline[4].bytes, BootSet("s0", "start.elf").size());
  EXPECT_GT(view.timeline[4].took, os::Moment{0});
  EXPECT_EQ(view.timeline.back().what, engine::FileRecord::What::kSuspiciousMiss);
  EXPECT_EQ(view.miss, "missing.dtbo");
}

TEST_F(FleetTest, GivesTheOperatorsFilesBeforeTheGenerationsAndTheSameThroughoutABoot) {
  Start();
  world_.Put("/x/sboot/1-1.2/config.txt", "mine=1\n");
  world_.Put("/x/sboot/fixup.dat", "shared");
  world_.Put("/x/sboot/1-1.2/cmdline.txt", "root=/dev/nfs mine\nsecond line\n");
  Begin();
  while (zeros_[0]->got.count("config.txt") == 0) LetPass(std::chrono::milliseconds(1));
  world_.Put("/x/sboot/1-1.2/config.txt", "changed=1\n");
  LetPass(seconds(20));
  const auto [first, last] = zeros_[0]->got.equal_range("config.txt");
  ASSERT_EQ(std::distance(first, last), 3);
  for (auto each = first; each != last; ++each) EXPECT_EQ(each->second, "mine=1\n");
  EXPECT_EQ(zeros_[0]->got.find("cmdline.txt")->second,
            "root=/dev/nfs mine zprov.boot=" + Of(0).nonce + "\nsecond line\n");
  EXPECT_EQ(zeros_[0]->got.find("fixup.dat")->second, "shared");
  EXPECT_EQ(zeros_[1]->got.find("fixup.dat")->second, "shared");
  EXPECT_THAT(zeros_[1]->got.find("config.txt")->second, HasSubstr("kernel=kernel.img"));
}

TEST_F(FleetTest, GivesNoFileThatASymlinkFetchesFromOutside) {
  Start();
  world_.Put("/etc/secret", "secret");
  world_.scene().Symlink("/x/sboot/1-1.2/missing.dtbo", "/etc/secret");
  world_.scene().Symlink("/x/sboot/1-1.2/autoboot.txt", "../../../etc/secret");
  Begin();
  LetPass(seconds(20));
  EXPECT_EQ(zeros_[0]->got.count("missing.dtbo"), 0U);
  EXPECT_EQ(zeros_[0]->got.count("autoboot.txt"), 0U);
  EXPECT_EQ(Of(0).state, NodeState::kGadget);
}

// ---- one board is sick

class OneSickNode : public FleetTest, public ::testing::WithParamInterface<Trouble> {};

TEST_P(OneSickNode, NeitherDelaysTheOthersNorTouchesTheirPower) {
  Start({{2, GetParam()}});
  const os::Moment began = world_.clock().Now();
  Begin();
  LetPass(seconds(300));
  for (const char* node : {"s0", "s1", "s3", "s4"}) {
    // 2.7 s to the file server, its files, 1.8 s to Linux.
    EXPECT_LE(WhenIn(node, NodeState::kGadget) - began, seconds(6)) << node;
  }
  EXPECT_EQ(PowerCuts(), 0);
  EXPECT_THAT(Of(2).cause, Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(Troubles, OneSickNode,
                         ::testing::Values(Trouble::kDeafRom, Trouble::kStallsInRom,
                                           Trouble::kBackAsRom, Trouble::kNeverBack,
                                           Trouble::kDeafFileServer, Trouble::kNoLinux,
                                           Trouble::kTalksNonsense));

TEST_F(FleetTest, QuarantinesADeafRomAfterARetryAndAResetOfItAlone) {
  Start({{2, Trouble::kDeafRom}});
  Begin();
  LetPass(seconds(60));
  EXPECT_THAT(StatesOf("s2"), ElementsAre(NodeState::kRom, NodeState::kRecovering, NodeState::kRom,
                                          NodeState::kRecovering, NodeState::kRecovering,
                                          NodeState::kRom, NodeState::kQuarantined));
  EXPECT_EQ(Of(2).cause, "boot ROM: announce the first stage: no answer in time");
  LetPass(seconds(300));
  EXPECT_EQ(Of(2).state, NodeState::kQuarantined);
}

TEST_F(FleetTest, CutsTheNodesOwnPowerWhereTheSpecSaysThatItIsItsOwn) {
  Start({{2, Trouble::kDeafRom}});
  world_.usb().SetHubPower(*PortPath::Parse("1-1"), sim::HubPower::kPerPort);
  spec_.nodes[2].power = spec::Power::kPerPort;
  Begin();
  LetPass(seconds(30));
  EXPECT_EQ(Of(2).state, NodeState::kGadget) << Of(2).cause;
  EXPECT_EQ(world_.usb().PowerCuts(*spec_.nodes[2].usb), 1);
  EXPECT_EQ(PowerCuts(), 1);
}

TEST_F(FleetTest, GivesAQuarantinedBoardAnotherChanceWhenItIsPluggedInAgain) {
  Start({{2, Trouble::kBackAsRom}});
  Begin();
  LetPass(seconds(60));
  EXPECT_EQ(Of(2).state, NodeState::kQuarantined);
  EXPECT_THAT(Of(2).cause, HasSubstr("it is back in its boot ROM"));
  EXPECT_EQ(zeros_[2]->boots, 4);  // the first, and three that came back
  zeros_[2]->script.trouble = Trouble::kNone;
  zeros_[2]->PlugOut();
  LetPass(seconds(1));
  zeros_[2]->PowerOn();
  LetPass(seconds(20));
  EXPECT_EQ(Of(2).state, NodeState::kGadget);
}

TEST_F(FleetTest, BootsABoardWhoseTransferStallsOrWhoseStatusFails) {
  Start({{1, Trouble::kStallsInRom}, {2, Trouble::kStatusFails}});
  Begin();
  LetPass(seconds(30));
  EXPECT_EQ(Of(1).state, NodeState::kGadget) << Of(1).cause;
  EXPECT_EQ(Of(2).state, NodeState::kGadget) << Of(2).cause;
  EXPECT_EQ(Of(2).failures, 0);
}

TEST_F(FleetTest, ServesABoardAgainThatVanishesInTheMiddleOfAFile) {
  Start({{2, Trouble::kVanishesInFile}});
  Begin();
  LetPass(seconds(30));
  EXPECT_EQ(Of(2).state, NodeState::kGadget) << Of(2).cause;
  EXPECT_EQ(Of(2).session, 2);
  EXPECT_EQ(zeros_[2]->got.find("kernel.img")->second, BootSet("s2", "kernel.img"));
}

TEST_F(FleetTest, NamesTheMissingFileWhenLinuxNeverShows) {
  Start({{2, Trouble::kNoLinux}});
  Begin();
  LetPass(seconds(200));
  EXPECT_EQ(Of(2).state, NodeState::kQuarantined);
  EXPECT_EQ(Of(2).cause,
            "served: it has all that it asked for, and Linux does not show, after missing.dtbo; "
            "missing.dtbo is missing");
}

// Real boards ask for the device tree before its overlays, and only the first keeps Linux away.
TEST_F(FleetTest, NamesTheFirstOfSeveralMissingFiles) {
  Start({{2, Trouble::kNoLinux}});
  auto& names = zeros_[2]->script.names;
  names.insert(names.end() - 1, "missing.dtb");
  Begin();
  LetPass(seconds(200));
  EXPECT_EQ(Of(2).miss, "missing.dtb");
  EXPECT_THAT(Of(2).cause, HasSubstr("after missing.dtbo; missing.dtb is missing"));
}

TEST_F(FleetTest, ReportsABoardOnAPortThatNoNodeHasAndNeverTouchesIt) {
  Start();
  ScriptedZero stranger(world_, *PortPath::Parse("1-1.5.4"), {kNames});
  stranger.PowerOn();
  Begin();
  LetPass(seconds(30));
  ASSERT_THAT(fleet_->UnknownBoards(), SizeIs(1));
  EXPECT_EQ(fleet_->UnknownBoards()[0],
            (engine::UnknownBoard{"1-1.5.4", "BCM2835 as boot ROM", "usb = \"1-1.5.4\""}));
  EXPECT_THAT(stranger.got, IsEmpty());
  stranger.PlugOut();
  LetPass(seconds(1));
  EXPECT_THAT(fleet_->UnknownBoards(), IsEmpty());
}

TEST_F(FleetTest, StartsNoMoreBoardsAtOnceThanThePowerAllows) {
  Start({{0, Trouble::kNeverBack}});
  spec_.boot_at_once = 1;
  Begin();
  LetPass(seconds(60));
  std::vector<os::Moment> sent;
  for (const char* node : {"s0", "s1", "s2", "s3", "s4"}) {
    sent.push_back(WhenIn(node, NodeState::kFirstStageSent));
  }
  EXPECT_GE(sent[1] - sent[0], seconds(4));  // it never came back, and held its place only so long
  EXPECT_LE(sent[1] - sent[0], seconds(5));
  for (size_t i = 2; i < sent.size(); ++i) {
    EXPECT_GE(sent[i], WhenIn(spec_.nodes[i - 1].name, NodeState::kServing)) << i;
  }
}

TEST_F(FleetTest, WaitsForAFirstStageAndBootsWhenThereIsOne) {
  Start();
  world_.scene().Remove("/x/.zprov/current/s3");
  Begin();
  LetPass(seconds(15));
  EXPECT_EQ(Of(3).state, NodeState::kFailed);
  EXPECT_THAT(Of(3).cause, AllOf(HasSubstr("bootcode.bin"), HasSubstr("zprov update")));
  EXPECT_EQ(Of(2).state, NodeState::kGadget);
  world_.scene().Symlink("/x/.zprov/current/s3", "../gen/1/s3");
  LetPass(seconds(30));
  EXPECT_EQ(Of(3).state, NodeState::kGadget) << Of(3).cause;
}

TEST_F(FleetTest, TakesUpABoardThatIsAlreadyAskingWhenItBegins) {
  Start();
  zeros_[2]->PlugOut();
  zeros_[2]->ShowFileServer();
  Begin();
  LetPass(seconds(20));
  EXPECT_EQ(Of(2).state, NodeState::kGadget) << Of(2).cause;
  EXPECT_THAT(zeros_[2]->got.find("cmdline.txt")->second, HasSubstr(Of(2).nonce));
}

TEST(FleetDeterminism, TheSameSeedGivesTheSameTrace) {
  const auto trace = [] {
    FleetRig rig;
    rig.Start({{1, Trouble::kVanishesInFile}, {2, Trouble::kDeafRom}, {3, Trouble::kBackAsRom}});
    rig.Begin();
    rig.LetPass(seconds(100));
    return std::pair(rig.notices_, rig.fleet_->Views());
  };
  const auto first = trace();
  EXPECT_THAT(first.first, Not(IsEmpty()));
  EXPECT_EQ(first, trace());
}

}  // namespace
}  // namespace zprov::scenario
