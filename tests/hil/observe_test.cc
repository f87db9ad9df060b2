// The level "observe" on the simulated rig: green where all is well, and each planted defect named
// together with what cures it.
#include <gmock/gmock.h>

#include <set>

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

class Observe : public AcceptedRig {};

TEST_F(Observe, FindsNothingWrongWithARigThatIsWell) {
  EXPECT_THAT(Bad(), IsEmpty());
  const Report report = Look();
  EXPECT_EQ(Overall(report.rows), Outcome::kPass);
  const std::set<std::string> needs_more = {"boards", "rig", "power", "consoles", "host-reboot"};
  for (const Row& row : report.rows) {
    if (needs_more.contains(row.name)) continue;
    EXPECT_EQ(row.outcome, Outcome::kPass) << row.name << ": " << row.reason;
  }
}

TEST_F(Observe, ChangesNothing) {
  const std::string before = world_.Dump();
  const auto links = world_.network().Links().value();
  const size_t started = world_.processes().Started().size();
  Look();
  EXPECT_EQ(world_.Dump(), before);
  EXPECT_EQ(world_.network().Links().value(), links);
  EXPECT_EQ(world_.processes().Started().size(), started);
  for (const auto& zero : zeros_) EXPECT_EQ(zero->stage(), sim::zero::Stage::kHealthy);
}

TEST_F(Observe, HasTheWholeRigInItsReport) {
  const Report report = Look();
  ASSERT_THAT(report.nodes, SizeIs(5));
  const NodeSheet& s1 = report.nodes[1];
  EXPECT_EQ(s1.node, "s1");
  EXPECT_EQ(s1.port, "1-1.3");
  EXPECT_EQ(s1.generation, 1);
  EXPECT_THAT(s1.serial, SizeIs(16));
  ASSERT_TRUE(s1.boot);
  EXPECT_EQ(s1.boot->ending, "healthy");
}

TEST_F(Observe, SaysThatANodeIsDownAndHowToBootIt) {
  world_.usb().Unplug(*PortPath::Parse("1-1.3"));
  world_.network().Unplug("s1");
  EXPECT_THAT(Bad(), Contains(Names("nodes: s1: ", "port 1-1.3 is empty", "zprov boot s1")));
}

TEST_F(Observe, NamesTheNodeWithAnotherMtu) {
  const std::string report = "/x/.zprov/gen/1/s2/root/var/lib/zprov/boot.json";
  std::string text = world_.scene().Content(report);
  const size_t at = text.find("\"mtu\":7418");
  ASSERT_NE(at, std::string::npos) << text;
  world_.Put(report, text.replace(at, 10, "\"mtu\":1500"));
  EXPECT_THAT(Bad(), ElementsAre(Names("mtu: s2: ", "1500", "zprov reboot s2")));
}

TEST_F(Observe, NamesTheLinkWithAnotherMtu) {
  ASSERT_TRUE(world_.network().SetLink("s2", {.mtu = 1500}));
  EXPECT_THAT(Bad(), Contains(Names("links: s2: ", "1500 instead of 7418", "restart zprov")));
}

TEST_F(Observe, NamesALinkThatLeftTheBridge) {
  ASSERT_TRUE(world_.network().SetLink("s3", {.master = ""}));
  EXPECT_THAT(Bad(), Contains(Names("links: s3: ", "not in the bridge san", "restart zprov")));
}

TEST_F(Observe, NamesABridgeThatIsDown) {
  ASSERT_TRUE(world_.network().SetLink("san", {.up = false}));
  EXPECT_THAT(Bad(), Contains(Names("links: snail: ", "bridge san", "restart zprov")));
}

TEST_F(Observe, NamesExchangedBoards) {
  const Report report = Look();
  spec_.nodes[0].serial = report.nodes[1].serial;
  spec_.nodes[1].serial = report.nodes[0].serial;
  EXPECT_THAT(
      Bad(),
      ElementsAre(
          Names("boards: s0: ", "at 1-1.2 is the board of s1", "exchange the plugs of s0 and s1"),
          Names("boards: s1: ", "at 1-1.3 is the board of s0", "exchange the plugs of s1 and s0")));
}

TEST_F(Observe, NamesABoardThatWasReplaced) {
  spec_.nodes[0].serial = "00000000deadbeef";
  EXPECT_THAT(Bad(), ElementsAre(Names("boards: s0: ", "another board", "serial = \"")));
}

TEST_F(Observe, NamesASpecWhosePortsWereExchanged) {
  std::swap(spec_.nodes[0].usb, spec_.nodes[1].usb);
  const auto bad = Bad();
  EXPECT_THAT(bad, Contains(Names("links: s0: ", "at its port 1-1.3 runs s1",
                                  "exchange usb of s0 and s1 in cluster.toml")));
  EXPECT_THAT(bad, Contains(Names("description: snail: ", "70-zprov-s0.link", "zprov apply")));
}

TEST_F(Observe, NamesAStaleGeneration) {
  Update({"s1"});
  EXPECT_THAT(Bad(), ElementsAre(Names("generations: s1: ", "runs generation 1, and would get 2",
                                       "zprov reboot s1")));
}

TEST_F(Observe, NamesAMissingModule) {
  world_.scene().Remove("/sys/module/cdc_subset");
  EXPECT_THAT(Bad(), ElementsAre(Names("host: snail: ", "cdc_subset",
                                       "install the modules of this kernel")));
}

TEST_F(Observe, NamesAnExportToAWrongAddress) {
  world_.Put("/etc/exports", world_.scene().Content("/etc/exports") +
                                 "/x/.zprov/gen/1/s1/root 192.168.7.99(rw,no_root_squash)\n");
  EXPECT_THAT(Bad(), ElementsAre(Names("exports: s1: /etc/exports:", "to 192.168.7.99",
                                       "take 192.168.7.99 out of line")));
}

TEST_F(Observe, NamesAnExportThatIsInForceAndNotInTheFile) {
  world_.scene().MakeDirectory("/var/lib/nfs");
  world_.Put("/var/lib/nfs/etab", world_.scene().Content("/etc/exports") + "/x/s4 *(rw)\n");
  EXPECT_THAT(Bad(), ElementsAre(Names("exports: s4: /var/lib/nfs/etab", "to *", "exportfs -ra")));
}

TEST_F(Observe, NamesARootThatIsNotExported) {
  world_.scene().MakeDirectory("/var/lib/nfs");
  world_.Put("/var/lib/nfs/etab", "");
  EXPECT_THAT(Run("exports").findings, SizeIs(5));
}

TEST_F(Observe, NamesASharedMachineId) {
  const std::string own = "/x/.zprov/gen/1/s0/root/etc/machine-id";
  world_.Put("/x/.zprov/gen/1/s3/root/etc/machine-id", world_.scene().Content(own));
  EXPECT_THAT(Bad(), ElementsAre(Names("identities: s3: ", "same machine-id as s0",
                                       "rm /x/.zprov/identity/s3/machine-id")));
}

TEST_F(Observe, NamesANodeWithTheHostsMachineId) {
  world_.Put("/x/.zprov/gen/1/s3/root/etc/machine-id", world_.scene().Content("/etc/machine-id"));
  EXPECT_THAT(Bad(), ElementsAre(Names("identities: s3: ", "same machine-id as snail", "rm ")));
}

TEST_F(Observe, NamesARootWithAnothersName) {
  world_.Put("/x/.zprov/gen/1/s3/root/etc/hostname", "s4\n");
  EXPECT_THAT(Bad(), ElementsAre(Names("identities: s3: ", "calls it s4", "zprov update s3")));
}

TEST_F(Observe, NamesAWrongClock) {
  world_.scene().SetModified("/etc/hosts",
                             (world_.clock().WallTime() + std::chrono::hours(1)).count());
  EXPECT_THAT(Bad(), Contains(Names("host: snail: clock: ", "behind", "timedatectl")));
}

TEST_F(Observe, NamesAFullDisk) {
  const auto usage = world_.system().btrfs.Usage("/x").value();
  world_.disk().SetCapacity(usage.data_used * 100 / 95);
  EXPECT_THAT(Bad(), Contains(Names("disk: snail: ", "is used", "zprov prune --keep 1")));
}

TEST_F(Observe, NamesANetworkManagerThatOwnsUsb0OnANode) {
  world_.scene().MakeDirectory("/x/.zprov/gen/1/s2/root/etc/NetworkManager/conf.d");
  EXPECT_THAT(Bad(), ElementsAre(Names("quiet-links: s2: NetworkManager", "leave usb0 alone",
                                       "zprov update s2")));
}

TEST_F(Observe, IsNotLedOutOfARootByTheNodeThatOwnsIt) {
  world_.scene().Remove("/x/.zprov/gen/1/s2/root/etc/machine-id");
  world_.scene().Symlink("/x/.zprov/gen/1/s2/root/etc/machine-id", "/etc/machine-id");
  EXPECT_THAT(Bad(), IsEmpty()) << "its own machine-id is not the host's, whatever it points to";
}

TEST_F(Observe, CountsAHostThatWasNeverSetUpAsFailedAndNotAsBroken) {
  sim::World fresh;
  sim::Rig(fresh);
  const Report report = Accept({fresh.system(), spec_}, Level::kObserve, {});
  EXPECT_EQ(Overall(report.rows), Outcome::kFail);
  for (const Row& row : report.rows) {
    EXPECT_NE(row.outcome, Outcome::kInfra) << row.name << ": " << row.reason;
  }
}

TEST_F(Observe, TellsThatAScenarioBeginsBeforeWhatCameOfItAndNothingOfOneThatIsNotTried) {
  std::vector<std::string> told;
  const Report report =
      Accept({world_.system(), spec_}, Level::kObserve,
             {.on_begin =
                  [&told](const Scenario& begun) { told.push_back(begun.name + std::string("…")); },
              .on_row = [&told](const Row& row) { told.push_back(row.name); }});
  std::vector<std::string> wanted;
  const std::set<std::string> needs_more = {"rig", "power", "consoles"};
  for (const Row& row : report.rows) {
    if (!needs_more.contains(row.name)) wanted.push_back(row.name + "…");
    wanted.push_back(row.name);
  }
  EXPECT_EQ(told, wanted);
}

int tries = 0;

Result<Ended> FailsOnce(const Rig&) {
  if (++tries == 1) return Fail(ErrorKind::kIo, "the cable fell out");
  return Seen{.summary = "there it is"};
}

Result<Ended> FailsAlways(const Rig&) { return Fail(ErrorKind::kIo, "no cable"); }

TEST_F(Observe, TriesAgainOnceAndVisiblyWhenTheInfrastructureFails) {
  tries = 0;
  const Rig rig{world_.system(), spec_};
  const Row row = RunScenario(rig, {"cable", "It holds.", Level::kObserve, FailsOnce});
  EXPECT_EQ(row.outcome, Outcome::kPass);
  EXPECT_EQ(row.first_try, "the cable fell out");
  const Row again = RunScenario(rig, {"cable", "It holds.", Level::kObserve, FailsAlways});
  EXPECT_EQ(again.outcome, Outcome::kInfra);
  EXPECT_EQ(again.reason, "no cable");
  EXPECT_EQ(Overall({row, again}), Outcome::kInfra);
}

}  // namespace
}  // namespace zprov::hil
