// zprov plan, zprov apply and zprov demo: what a person reads, and the exit codes.
// ZPROV_UPDATE_GOLDEN=1 rewrites fixtures/golden/plan.txt: read the diff before you commit it.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "sim/faults/faulty_system.h"
#include "sim/scenarios/boot_files.h"
#include "sim/scenarios/hosts.h"
#include "unit/cli/console.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr char kGolden[] = "fixtures/golden/plan.txt";

TEST(Plan, OfTheSimulatedRigReadsAsTheGoldenOne) {
  const Said plan = RunOnRig({"plan"});
  EXPECT_EQ(plan.exit, 4);
  EXPECT_THAT(plan.err, IsEmpty());
  if (std::getenv("ZPROV_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(ZPROV_SOURCE_DIR "/") + kGolden, std::ios::binary) << plan.out;
    FAIL() << "rewrote " << kGolden << ": read the diff, then run without ZPROV_UPDATE_GOLDEN";
  }
  EXPECT_EQ(plan.out, SourceFile(kGolden));
}

TEST(Plan, ChangesNothing) {
  RigHost host;
  const std::string before = host.world.Dump();
  EXPECT_EQ(host({"plan"}).exit, 4);
  EXPECT_EQ(host.world.Dump(), before);
}

TEST(Apply, DoesWhatPlanSaidAndLeavesNothingToDo) {
  RigHost host;
  const Said apply = host({"apply"});
  EXPECT_EQ(apply.exit, 0) << apply.err;
  EXPECT_THAT(apply.out, MatchesRegex("(.*\n)?[0-9]+ changes made\n"));
  EXPECT_TRUE(host.world.scene().Has("/x/snaa/pi/notes.txt"));
  const Said plan = host({"plan"});
  EXPECT_EQ(plan.exit, 0);
  EXPECT_THAT(plan.out, EndsWith("nothing to do\n"));
  const std::string before = host.world.Dump("/etc");
  const Said again = host({"apply"});
  EXPECT_EQ(again.exit, 0);
  EXPECT_THAT(again.out, EndsWith("nothing to do\n"));
  EXPECT_THAT(again.err, IsEmpty());
  EXPECT_EQ(host.world.Dump("/etc"), before);
}

TEST(Apply, ShowsEachStepOnStderrNumberedAndNotOnStdout) {
  RigHost host;
  const Said apply = host({"apply"});
  size_t number = 0;
  const auto lines = LinesWithEndings(apply.err);
  const size_t total = static_cast<size_t>(
      std::count_if(lines.begin(), lines.end(), [](auto line) { return line.starts_with('['); }));
  for (const std::string_view line : lines) {
    if (!line.starts_with('[')) continue;  // what making a generation says meanwhile
    EXPECT_THAT(std::string(line),
                StartsWith("[" + std::to_string(++number) + "/" + std::to_string(total) + "] "));
  }
  EXPECT_GT(number, 10u);
  EXPECT_THAT(apply.out, EndsWith(std::to_string(number) + " changes made\n"));
}

TEST(Apply, ShowsWhatMakingTheFirstGenerationIsAbout) {
  RigHost host;
  const Said apply = host({"apply"});
  EXPECT_THAT(apply.err, HasSubstr("] make generation 1 of / for s0, s1, s2, s3, s4\n"
                                   "snapshot of / as generation 1\n"));
  EXPECT_THAT(apply.err, HasSubstr("\ns4: root (5/5)\n"));
}

TEST(Apply, BringsTheBridgeBackAfterARebootWithoutAServe) {
  RigHost host;
  ASSERT_EQ(host({"apply"}).exit, 0);
  host.world.Reboot();
  const std::string etc = host.world.Dump("/etc");
  const Said apply = host({"apply"});
  EXPECT_EQ(apply.exit, 0) << apply.err;
  EXPECT_THAT(apply.err, HasSubstr("set up bridge san"));
  EXPECT_EQ(host.world.Dump("/etc"), etc);
  EXPECT_EQ(host({"plan"}).exit, 0);
}

class RefusedBy : public ::testing::TestWithParam<const char*> {};

TEST_P(RefusedBy, AHomeInUseNamesWhoUsesItAndChangesNothing) {
  RigHost host;
  host.world.process_table().Add(
      {812, "sshd", "sshd: pi", {{os::TreeUser::Use::kOpenFile, "/home/pi/notes.txt"}}});
  const std::string before = host.world.Dump();
  const Said said = host({GetParam()});
  EXPECT_EQ(said.exit, 3);
  EXPECT_THAT(said.out, AllOf(HasSubstr("refused: "), HasSubstr("pid 812 (sshd: pi)"),
                              HasSubstr("--allow-open")));
  EXPECT_EQ(host.world.Dump(), before);
  EXPECT_NE(host({GetParam(), "--allow-open"}).exit, 3);
}

INSTANTIATE_TEST_SUITE_P(Each, RefusedBy, ::testing::Values("plan", "apply"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Apply, IsRefusedWhileAnotherHasTheLockAndNamesIt) {
  RigHost host;
  host.world.MakeSubvolume("/x/.zprov");
  const auto lock = host.world.system().locks.TryLock("/x/.zprov/lock", "zprov apply, pid 99");
  ASSERT_TRUE(lock);
  const std::string before = host.world.Dump();
  const Said second = host({"apply"});
  EXPECT_EQ(second.exit, 3);
  EXPECT_THAT(second.out, IsEmpty());
  EXPECT_THAT(second.err, HasSubstr("another zprov is at work on /x (zprov apply, pid 99)"));
  EXPECT_EQ(host.world.Dump(), before);
}

TEST(Apply, HoldsTheLockUnderItsOwnNamePidAndTime) {
  RigHost host;
  std::string holder;
  host.world.processes().Install("exportfs", [&](const auto&) {
    holder = host.world.scene().Content("/x/.zprov/lock");
    return sim::ProgramRun{};
  });
  ASSERT_EQ(host({"apply"}).exit, 0);
  EXPECT_THAT(holder, MatchesRegex("zprov apply, pid 4711, since [-0-9]+ [:0-9]+ UTC\n?"));
}

TEST(Apply, ThatFailsEndsWith1AndSaysThatTheNextGoesOn) {
  RigHost host;
  host.world.processes().Install("exportfs", [](const auto&) {
    return sim::ProgramRun{.error = "exportfs: unknown host", .exit_code = 1};
  });
  const Said failed = host({"apply"});
  EXPECT_EQ(failed.exit, 1);
  EXPECT_THAT(failed.out, IsEmpty());
  EXPECT_THAT(failed.err, HasSubstr("exportfs: unknown host"));
  EXPECT_THAT(failed.err,
              EndsWith("stopped there; what was done stays, and the next apply goes on from it\n"));
  host.world.processes().Install("exportfs", [](const auto&) { return sim::ProgramRun{}; });
  EXPECT_EQ(host({"apply"}).exit, 0);
  EXPECT_EQ(host({"plan"}).exit, 0);
}

TEST(Apply, WithoutTheRightsOfRootSaysSo) {
  RigHost host;
  faults::Seam seam;
  faults::FaultySystem user(host.world.system(), seam);
  const Wiring wiring = WiringOf({.host = &user.system()});
  ASSERT_EQ(RunWith({"plan"}, wiring).exit, 4);
  seam.FailAt(seam.calls() + 3, ErrorKind::kPermission, faults::Repeat::kFromThenOn);
  const std::string before = host.world.Dump();
  const Said said = RunWith({"apply"}, wiring);
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.err, HasSubstr("try again as root\n"));
  EXPECT_EQ(host.world.Dump(), before);
}

TEST(Plan, OfATreeLeavesTheHostsOwnStepsUncounted) {
  sim::World tree({.root = "/mnt/sd"});
  sim::PutBootFiles(tree.scene());
  tree.scene().MakeDirectory("/mnt");
  tree.scene().Snapshot("/", "/mnt/sd");
  tree.Put("/mnt/sd/etc/zprov/cluster.toml", SourceFile("fixtures/specs/rig.toml"));
  const Wiring wiring = WiringOf({.tree = &tree.system()});
  const Said plan = RunWith({"--root", "/mnt/sd", "plan"}, wiring);
  EXPECT_EQ(plan.exit, 4) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("on the host itself (not counted here):\n"));
  EXPECT_EQ(RunWith({"--root", "/mnt/sd", "apply"}, wiring).exit, 0);
  const Said after = RunWith({"--root", "/mnt/sd", "plan"}, wiring);
  EXPECT_EQ(after.exit, 0) << after.out;
  EXPECT_THAT(after.out, EndsWith("nothing to do\n"));
}

TEST(Demo, GoesThroughTheWholeCycleInALineEach) {
  const Said demo = RunWith({"demo"}, WiringOf({}));
  EXPECT_EQ(demo.exit, 0) << demo.err;
  EXPECT_THAT(demo.err, IsEmpty());
  const auto lines = LinesWithEndings(demo.out);
  ASSERT_EQ(lines.size(), 12u) << demo.out;
  EXPECT_EQ(lines[0], "init: cluster.toml for the 5 boards on the simulated USB bus\n");
  EXPECT_THAT(std::string(lines[1]), MatchesRegex("check: .*fine: cluster snail, 5 nodes\n"));
  EXPECT_THAT(std::string(lines[2]), MatchesRegex("plan: [0-9]+ changes to make\n"));
  EXPECT_THAT(std::string(lines[3]), MatchesRegex("apply: [0-9]+ changes made\n"));
  EXPECT_EQ(lines[4], "status: 5 nodes: 5 down; next boot: generation 1\n");
  EXPECT_EQ(lines[5], "(on the host: /usr/local/bin/blink is installed)\n");
  EXPECT_THAT(std::string(lines[6]),
              MatchesRegex("update: generation 2 made for 5 nodes, kernel [^ ]+\n"));
  EXPECT_EQ(lines[7], "status: 5 nodes: 5 down; next boot: generation 2\n");
  EXPECT_EQ(lines[8], "rollback: 5 nodes back from generation 2 to 1\n");
  EXPECT_EQ(lines[9], "plan: nothing to do\n");
  EXPECT_EQ(lines[10], "boot: 5 nodes: 5 healthy\n");
  EXPECT_EQ(lines[11], "status: 5 nodes: 5 up; next boot: generation 1; a reboot may change all\n");
}

TEST(Demo, OnARigThatRefusesFailsAndShowsWhatTheCommandSaid) {
  RigHost host;
  host.world.process_table().Add(
      {812, "sshd", "sshd: pi", {{os::TreeUser::Use::kOpenFile, "/home/pi/notes.txt"}}});
  Wiring wiring = WiringOf({});
  wiring.open_sim = [&host] {
    return Result<std::unique_ptr<World>>(std::make_unique<Lent>(host.world.system()));
  };
  const Said demo = RunWith({"demo"}, wiring);
  EXPECT_EQ(demo.exit, 1);
  EXPECT_THAT(demo.err, AllOf(HasSubstr("plan ended with 3 instead of 4"), HasSubstr("pid 812")));
}

}  // namespace
}  // namespace zprov::cli
