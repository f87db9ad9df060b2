// What rig.toml says of the simulated rig: compared with cluster.toml and with what is there.
#include <gmock/gmock.h>

#include "tests/hil/rig.h"

namespace zprov::hil {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class DescribedRig : public AcceptedRig {
 protected:
  DescribedRig() {
    described_ = ParseRig(
                     "[power]\nby = \"command\"\ncommand = \"/usr/local/sbin/relay {port}\"\n"
                     "[[node]]\nname = \"s0\"\nconsole = \"/dev/ttyUSB0\"\n"
                     "[[node]]\nname = \"s1\"\nconsole = \"/dev/ttyUSB1\"\n",
                     spec_)
                     .rig;
    world_.Put("/usr/local/sbin/relay", "a program\n", 0755);
    for (const char* console : {"/dev/ttyUSB0", "/dev/ttyUSB1"}) world_.Put(console, "");
  }
};

TEST_F(DescribedRig, ThatIsWellHasNothingWrong) {
  EXPECT_THAT(Bad(), IsEmpty());
  for (const char* scenario : {"rig", "power", "consoles"}) {
    EXPECT_EQ(Run(scenario).outcome, Outcome::kPass) << scenario;
  }
}

TEST_F(DescribedRig, IsTheOneThatIsLookedAt) {
  EXPECT_THAT(Look().nodes, SizeIs(2));
  EXPECT_THAT(Run("rig").findings, SizeIs(3)) << "cluster.toml has three more";
}

TEST_F(DescribedRig, ThatIsNotThereSkipsWhatNeedsItAndSaysSo) {
  described_.reset();
  EXPECT_EQ(Run("rig").outcome, Outcome::kSkip);
  EXPECT_THAT(Run("rig").reason, HasSubstr("no rig.toml"));
  described_ = RigDescription{};
  EXPECT_THAT(Run("power").reason, HasSubstr("no power: "));
  EXPECT_THAT(Run("consoles").reason, HasSubstr("no console: "));
}

TEST_F(DescribedRig, NamesASpecWhosePortsWereExchanged) {
  std::swap(spec_.nodes[0].usb, spec_.nodes[1].usb);
  EXPECT_THAT(Bad(), AllOf(Contains(Names("rig: s0: ", "is at port 1-1.3 in cluster.toml",
                                          "exchange usb of s0 and s1 in cluster.toml")),
                           Contains(Names("rig: s1: ", "at 1-1.3 in rig.toml", "exchange usb"))));
}

TEST_F(DescribedRig, NamesAMacAndASerialThatClusterTomlHasOtherwise) {
  described_->boards[0].mac = Mac::Parse("02:00:00:00:00:07");
  spec_.nodes[1].serial = "abc";
  described_->boards[1].serial = "def";
  const auto bad = Bad();
  EXPECT_THAT(bad,
              Contains(Names("rig: s0: ", "and 02:00:00:00:00:07 in rig.toml", "node_mac = ")));
  EXPECT_THAT(bad, Contains(Names("rig: s1: ", "the serial abc in cluster.toml", "serial = ")));
}

TEST_F(DescribedRig, KnowsItsBoardsBySerial) {
  const Report report = Look();
  described_->boards[0].serial = report.nodes[1].serial;
  described_->boards[1].serial = report.nodes[0].serial;
  EXPECT_THAT(Bad(),
              ElementsAre(Names("boards: s0: ", "is the board of s1", "exchange the plugs"),
                          Names("boards: s1: ", "is the board of s0", "exchange the plugs")));
}

TEST_F(DescribedRig, NamesAPowerCommandThatCannotBeRun) {
  world_.scene().Remove("/usr/local/sbin/relay");
  EXPECT_THAT(Bad(), ElementsAre(Names("power: snail: ", "relay is not there", "install it")));
  world_.Put("/usr/local/sbin/relay", "a program\n", 0644);
  EXPECT_THAT(Bad(), ElementsAre(Names("power: snail: ", "no program that can be run", "install")));
}

TEST_F(DescribedRig, NamesAHubThatIsNotThereToSwitchPower) {
  described_->power = PowerBy::kPort;
  EXPECT_THAT(Bad(), IsEmpty());
  described_->boards[0].usb = PortPath::Parse("1-3.4");
  EXPECT_THAT(Run("power").findings, SizeIs(1));
}

TEST_F(DescribedRig, NamesAConsoleThatIsNotThereOrIsAnothers) {
  world_.scene().Remove("/dev/ttyUSB1");
  EXPECT_THAT(Bad(), ElementsAre(Names("consoles: s1: ", "/dev/ttyUSB1 is not there", "adapter")));
  world_.scene().Symlink("/dev/ttyUSB1", "/dev/ttyUSB0");
  EXPECT_THAT(Bad(), ElementsAre(Names("consoles: s1: ", "is that of s0", "its own console")));
}

}  // namespace
}  // namespace zprov::hil
