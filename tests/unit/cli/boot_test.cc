// zprov boot: what a person reads, and the exit codes.
#include <gmock/gmock.h>

#include "sim/scenarios/hosts.h"
#include "unit/cli/cluster.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// The rig after `zprov apply`, with boards that are not all well.
class BootedRig {
 public:
  explicit BootedRig(const sim::TroublesByPort& troubles = {}) {
    sim::RigWithZeros(world, troubles);
    const Said apply = RunOn(world, {"apply"});
    EXPECT_EQ(apply.exit, 0) << apply.err;
  }
  Said operator()(const std::vector<std::string>& args) { return RunOn(world, args); }

  sim::World world;
};

TEST(Boot, BringsEveryNodeUpAndSaysEachStageOnTheWay) {
  BootedRig rig;
  const Said boot = rig({"boot"});
  EXPECT_EQ(boot.exit, 0) << boot.err << boot.out;
  EXPECT_THAT(boot.out, AllOf(StartsWith("NODE  BOOT  STAGE"), EndsWith("5 nodes: 5 healthy\n")));
  for (const char* line : {"s0: first stage sent\n", "s0: serving", "s4: healthy"}) {
    EXPECT_THAT(boot.err, HasSubstr(line));
  }
}

TEST(Boot, OfOneNodeWaitsForThatNodeAlone) {
  BootedRig rig({{"1-1.3", {{sim::zero::Fault::kNeverReturns}}}});
  const Said boot = rig({"boot", "s0"});
  EXPECT_EQ(boot.exit, 0) << boot.err << boot.out;
  EXPECT_THAT(boot.out, EndsWith("1 node: 1 healthy\n"));
}

TEST(Boot, NamesStageAndCauseOfTheOneThatFailedAndBringsTheOthersUp) {
  BootedRig rig({{"1-1.3", {{sim::zero::Fault::kRomDeaf}}}});
  const Said boot = rig({"boot"});
  EXPECT_EQ(boot.exit, 1);
  EXPECT_THAT(boot.out, AllOf(HasSubstr("\ns1 failed, at stage \"quarantined\""),
                              EndsWith("5 nodes: 4 healthy, 1 failed\n")));
}

TEST(Boot, GivesAnEmptyPortUpAndSaysWhereToLook) {
  BootedRig rig;
  rig.world.usb().Unplug(*PortPath::Parse("1-1.3"));
  const Said boot = rig({"boot", "s1"});
  EXPECT_EQ(boot.exit, 1);
  EXPECT_THAT(boot.out, AllOf(HasSubstr("nothing is plugged in at its port"),
                              EndsWith("1 node: 1 gave up waiting\n")));
}

TEST(Boot, NamesABoardThatNoNodeHasAndLeavesItAlone) {
  BootedRig rig;
  const auto stranger = sim::zero::PlugZero(rig.world, {.port = *PortPath::Parse("1-1.5.3")});
  const Said boot = rig({"boot"});
  EXPECT_EQ(boot.exit, 0) << boot.err << boot.out;
  EXPECT_THAT(boot.out, HasSubstr("at port 1-1.5.3 belongs to no node: give that port to one in "
                                  "cluster.toml (usb = \"1-1.5.3\")"));
  EXPECT_EQ(stranger->stage(), sim::zero::Stage::kRom);
}

TEST(Boot, IsRefusedWhereRpibootHasTheBoards) {
  BootedRig rig;
  rig.world.process_table().Add({700, "rpiboot", "rpiboot -d /x/sboot", {}});
  const Said boot = rig({"boot"});
  EXPECT_EQ(boot.exit, 3);
  EXPECT_THAT(boot.err, HasSubstr("rpiboot runs as pid 700"));
  EXPECT_THAT(boot.out, IsEmpty());
}

TEST(Boot, IsRefusedInTheCompatibleModeWhereTheSpecLeavesItToRpiboot) {
  RigHost host(CompatibleRig());
  const Said boot = host({"boot"});
  EXPECT_EQ(boot.exit, 3);
  EXPECT_THAT(boot.err, HasSubstr("server = \"zprov\""));
}

TEST(Boot, BeforeApplyIsRefused) {
  RigHost host;
  const Said boot = host({"boot"});
  EXPECT_EQ(boot.exit, 3);
  EXPECT_THAT(boot.err, HasSubstr("run `zprov apply` first"));
}

TEST(Boot, OfANodeThatTheSpecLacksIsAMistakeInUsage) {
  BootedRig rig;
  const Said boot = rig({"boot", "s9"});
  EXPECT_EQ(boot.exit, 2);
  EXPECT_THAT(boot.err, HasSubstr("the spec has no node s9"));
}

TEST(Boot, InTheTreeOfAnotherHostIsRefused) {
  sim::World host;
  sim::World tree({.root = "/mnt/sd"});
  sim::BareHost(tree);
  tree.Put("/mnt/sd/etc/zprov/cluster.toml", SourceFile("fixtures/specs/rig.toml"));
  const Said boot = RunWith({"--root", "/mnt/sd", "boot"},
                            WiringOf({.host = &host.system(), .tree = &tree.system()}));
  EXPECT_EQ(boot.exit, 3) << boot.err;
  EXPECT_THAT(boot.err, HasSubstr("leave --root out"));
}

TEST(Boot, StopsAtASignalAndSaysHowFarEachNodeCame) {
  BootedRig rig;
  rig.world.queue().After(std::chrono::seconds(3),
                          [&] { rig.world.queue().Post(os::SignalCame{2}); });
  const Said boot = rig({"boot"});
  EXPECT_EQ(boot.exit, 1);
  EXPECT_THAT(boot.out, EndsWith("5 nodes: 5 interrupted\n"));
}

TEST(Boot, IsRefusedWhileAnotherHasThePortsAndNamesIt) {
  BootedRig rig;
  const auto held =
      rig.world.system().locks.TryLock("/x/.zprov/ports.lock", "zprov boot, pid 4711");
  ASSERT_TRUE(held.has_value());
  const Said boot = rig({"boot", "s0"});
  EXPECT_EQ(boot.exit, 3);
  EXPECT_THAT(boot.err, HasSubstr("another zprov has the ports (zprov boot, pid 4711)"));
}

TEST(Boot, LetsThePortsGoAtItsEnd) {
  BootedRig rig;
  ASSERT_EQ(rig({"boot", "s0"}).exit, 0);
  EXPECT_TRUE(rig.world.system().locks.TryLock("/x/.zprov/ports.lock", "the next").has_value());
}

TEST(BootJson, IsWhatItsSchemaSaysWithTheTimelineOfEachNode) {
  BootedRig rig;
  const Said boot = rig({"boot", "--json"});
  EXPECT_EQ(boot.exit, 0) << boot.err;
  EXPECT_EQ(Faults("boot", boot.out), "");
  const json document = json::parse(boot.out);
  ASSERT_EQ(document["nodes"].size(), 5U);
  const json& timeline = document["nodes"][0]["timeline"];
  EXPECT_THAT(timeline.dump(), AllOf(HasSubstr("start.elf"), HasSubstr("expected miss"),
                                     Not(HasSubstr("suspicious"))));
}

}  // namespace
}  // namespace zprov::cli
