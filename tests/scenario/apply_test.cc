// Apply on simulated hosts: a fresh one and one set up by hand with the procedure.
#include "engine/apply.h"

#include <gmock/gmock.h>

#include <functional>
#include <ostream>

#include "core/spec/parse.h"
#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Applied {
  const char* name;
  MakeHost make_host;
  spec::Mode mode;
};

void PrintTo(const Applied& row, std::ostream* out) { *out << row.name; }

class ApplyOn : public ::testing::TestWithParam<Applied> {
 protected:
  ApplyOn() { GetParam().make_host(world_); }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(GetParam().mode);
};

TEST_P(ApplyOn, LeavesNothingToDo) {
  const auto applied = Apply(world_.system(), spec_);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_THAT(applied->refusals, IsEmpty());
  EXPECT_THAT(applied->steps, Not(IsEmpty()));
  EXPECT_THAT(PlanOf(world_.system(), spec_)->steps, IsEmpty());
  EXPECT_THAT(Apply(world_.system(), spec_)->steps, IsEmpty());
}

TEST_P(ApplyOn, StillHasNothingToDoAfterAPowerCutBecauseAllWasSynced) {
  ASSERT_TRUE(Apply(world_.system(), spec_));
  const std::string before = Settled(world_);
  world_.CutPower();
  EXPECT_EQ(Settled(world_), before);
}

TEST_P(ApplyOn, MovesEveryByteOfHomeWithItsOwnersAclsLinksAndSpecialFiles) {
  const std::string home = TreeAt(world_, HomeOf(world_));
  ASSERT_TRUE(Apply(world_.system(), spec_));
  EXPECT_EQ(HomeOf(world_), "/x/snaa");
  EXPECT_EQ(TreeAt(world_, "/x/snaa"), home);
}

TEST_P(ApplyOn, LeavesNoJournalAndNoTemporaryNames) {
  ASSERT_TRUE(Apply(world_.system(), spec_));
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/journal.json"));
  EXPECT_THAT(world_.Dump("/etc"), Not(HasSubstr("tmp")));
  EXPECT_FALSE(world_.scene().Has("/.home.zprov-new"));
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, ApplyOn,
    ::testing::Values(Applied{"BareNative", sim::BareHost, spec::Mode::kNative},
                      Applied{"BareCompatible", sim::BareHost, spec::Mode::kCompatible},
                      Applied{"HandMadeNative", sim::HandMadeHost, spec::Mode::kNative},
                      Applied{"HandMadeCompatible", sim::HandMadeHost, spec::Mode::kCompatible},
                      Applied{"RigNative", sim::Rig, spec::Mode::kNative}),
    [](const auto& row) { return row.param.name; });

TEST(Apply, KeepsTheOldHomeUntilItIsDropped) {
  sim::World world;
  sim::BareHost(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  const std::string home = TreeAt(world, "/home");
  ASSERT_TRUE(Apply(world.system(), spec));
  EXPECT_EQ(TreeAt(world, "/.home.before-zprov"), home);
  const auto dropped = Apply(world.system(), spec, {.drop_old_home = true});
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_FALSE(world.scene().Has("/.home.before-zprov"));
  EXPECT_EQ(TreeAt(world, "/x/snaa"), home);
}

// Applies to a bare host, and does `deed` right before /home and its symlink change places.
Result<plan::Plan> ApplyWithDeedAtTheSwitch(sim::World& world, const std::function<void()>& deed) {
  sim::BareHost(world);
  faults::Seam seam;
  seam.KeepLog();
  bool is_done = false;
  seam.BeforeEach([&](uint64_t, faults::Touch) {
    if (is_done || seam.log().back().find("exchange") == std::string::npos) return;
    is_done = true;
    deed();
  });
  faults::FaultySystem watched(world.system(), seam);
  auto applied = Apply(watched.system(), Cluster(spec::Mode::kNative));
  EXPECT_TRUE(is_done);
  return applied;
}

TEST(Apply, KeepsWhatIsWrittenIntoHomeAtTheLastMomentBeforeTheSwitch) {
  sim::World world;
  const auto applied = ApplyWithDeedAtTheSwitch(world, [&] {
    world.Put("/home/pi/late.txt", "written after the comparison\n");
    world.clock().Advance(std::chrono::seconds(1));
  });
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(world.scene().Content("/x/snaa/pi/late.txt"), "written after the comparison\n");
}

TEST(Apply, DoesNotOverwriteAFileThatSomebodyEditsMeanwhile) {
  sim::World world;
  const auto stopped = ApplyWithDeedAtTheSwitch(
      world, [&] { world.Put("/etc/hosts", "127.0.0.1 localhost\n10.0.0.1 printer\n"); });
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("somebody else changed it meanwhile"));
  ASSERT_TRUE(Apply(world.system(), Cluster(spec::Mode::kNative)));
  EXPECT_THAT(world.scene().Content("/etc/hosts"), HasSubstr("10.0.0.1 printer\n"));
}

TEST(Apply, DoesNotDropAnOldHomeThatSomebodyWentOnWritingTo) {
  sim::World world;
  sim::BareHost(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  ASSERT_TRUE(Apply(world.system(), spec));
  world.clock().Advance(std::chrono::seconds(5));
  world.Put("/.home.before-zprov/pi/thesis.txt", "the only copy\n");
  const auto refused = Apply(world.system(), spec, {.drop_old_home = true});
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_THAT(refused->refusals, ElementsAre(HasSubstr("pi/thesis.txt")));
  EXPECT_EQ(world.scene().Content("/.home.before-zprov/pi/thesis.txt"), "the only copy\n");
}

TEST(Apply, TellsTheSecondWhoIsAtWork) {
  sim::World world;
  sim::BareHost(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  world.MakeSubvolume("/x/.zprov");
  const auto lock = world.system().locks.TryLock("/x/.zprov/lock", "zprov apply, pid 4711");
  ASSERT_TRUE(lock);
  const std::string before = world.Dump();
  const auto second = Apply(world.system(), spec);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(second.error().message, HasSubstr("zprov apply, pid 4711"));
  EXPECT_EQ(world.Dump(), before);
}

TEST(Apply, ChangesNothingWhenAGuardRefuses) {
  sim::World world;
  sim::BareHost(world);
  world.process_table().Add(
      {812, "sshd", "sshd: pi", {{os::TreeUser::Use::kOpenFile, "/home/pi/notes.txt"}}});
  const std::string before = world.Dump();
  const auto refused = Apply(world.system(), Cluster(spec::Mode::kNative));
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_THAT(refused->refusals, ElementsAre(HasSubstr("pid 812 (sshd: pi)")));
  EXPECT_EQ(world.Dump(), before);
  EXPECT_THAT(Apply(world.system(), Cluster(spec::Mode::kNative), {.allow_open = true})->refusals,
              IsEmpty());
}

TEST(Apply, RunsAgainWhatFailedTheLastTime) {
  sim::World world;
  sim::HandMadeHost(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  world.processes().Install("exportfs", [](const auto&) {
    return sim::ProgramRun{.error = "exportfs: unknown host", .exit_code = 1};
  });
  const auto failed = Apply(world.system(), spec);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(failed.error().message,
              HasSubstr("run exportfs -ra: exportfs ended with 1: exportfs: unknown host"));
  world.processes().Install("exportfs", [](const auto&) { return sim::ProgramRun{}; });
  const auto again = Apply(world.system(), spec);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->steps.back().action, plan::Action(plan::RunProgram{{"exportfs", "-ra"}}));
  EXPECT_THAT(PlanOf(world.system(), spec)->steps, IsEmpty());
}

TEST(Apply, StopsAProgramThatHangs) {
  sim::World world;
  sim::HandMadeHost(world);
  world.processes().Install("exportfs", [](const auto&) {
    return sim::ProgramRun{.ending = sim::ProgramRun::Ending::kIgnoresTerm};
  });
  const auto stopped = Apply(world.system(), Cluster(spec::Mode::kNative));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kTimedOut);
}

TEST(Apply, SetsUpALinkThatIsPluggedInAndTouchesNoFileForIt) {
  sim::World world;
  sim::Rig(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  ASSERT_TRUE(Apply(world.system(), spec));
  world.network().PlugUsb({.port = *spec.nodes[1].usb,
                           .driver = sim::UsbDriver::kCdcSubset,
                           .mac = *Mac::Parse("a6:11:22:33:44:55")});
  const std::string before = Settled(world);
  const auto done = Apply(world.system(), spec);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(Settled(world), before);
  const std::vector<Link> links = world.system().live->netlink.Links().value();
  const auto s1 =
      std::find_if(links.begin(), links.end(), [](const Link& link) { return link.name == "s1"; });
  ASSERT_NE(s1, links.end());
  EXPECT_EQ(s1->mac, spec.nodes[1].host_mac);
  EXPECT_EQ(s1->mtu, 7418u);
  EXPECT_EQ(s1->master, "san");
  EXPECT_TRUE(s1->up);
  EXPECT_THAT(PlanOf(world.system(), spec)->steps, IsEmpty());
}

TEST(Apply, PutsAnEditedBlockBack) {
  sim::World world;
  sim::BareHost(world);
  const spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  ASSERT_TRUE(Apply(world.system(), spec));
  const std::string good = world.scene().Content("/etc/hosts");
  std::string edited = good;
  edited.replace(edited.find("192.168.7.49"), 12, "192.168.7.77");
  world.Put("/etc/hosts", edited);
  EXPECT_THAT(PlanOf(world.system(), spec)->steps.at(0).reason, HasSubstr("somebody edited"));
  ASSERT_TRUE(Apply(world.system(), spec));
  EXPECT_EQ(world.scene().Content("/etc/hosts"), good);
}

}  // namespace
}  // namespace zprov::scenario
