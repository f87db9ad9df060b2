// A generation from nothing to synced: what is there afterwards, what a person is told, and that a
// cut or an error anywhere leaves something that can be taken away.
#include "engine/make_generation.h"
#include "scenario/store_test_base.h"
#include "sim/faults/faulty_system.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

// A host with a store and a rig of two nodes; s0 has a generation before.
void HostWithAStore(sim::World& world) {
  sim::BareHost(world);
  sim::Scene& scene = world.scene();
  scene.MakeSubvolume("/x/.zprov", 0700);
  scene.MakeSubvolume("/x/snaa");
  scene.Snapshot("/", "/x/s0");
  scene.Put("/x/s0/etc/hostname", "s0\n");
  world.clock().Advance(std::chrono::minutes(1));
  scene.Put("/x/s0/var/lib/app/data", "s0's");
  scene.SyncAll();
}

spec::ClusterSpec TwoNodesThatKeep(spec::Mode mode) {
  spec::ClusterSpec spec = Cluster(mode);
  spec.nodes.resize(2);
  spec.update_keep = {"/var/lib/app"};
  return spec;
}

const engine::BuildOrder kOrder{1, {"s0", "s1"}, {{"s0", "/x/s0"}}, {}};

class BuildGenerationTest : public StoreTest {
 protected:
  BuildGenerationTest() {
    HostWithAStore(world_);
    spec_ = TwoNodesThatKeep(spec::Mode::kNative);
  }

  void Build(const engine::BuildOrder& order = kOrder) {
    const auto built = engine::BuildGeneration(world_.system(), spec_, order, Notices());
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_EQ(built->kernel, "6.1.21+");
  }

  os::Subvolume Subvolume(const std::string& path) {
    return world_.system().btrfs.Info(path).value().value();
  }
};

TEST_F(BuildGenerationTest, IsThereWholeAfterAPowerCut) {
  Build();
  const std::string made = world_.Dump("/x/.zprov/gen/1/s0/root");
  world_.CutPower();
  EXPECT_EQ(world_.Dump("/x/.zprov/gen/1/s0/root"), made);
  EXPECT_EQ(Content("/x/.zprov/gen/1/s0/root/etc/hostname"), "s0\n");
  EXPECT_EQ(Content("/x/.zprov/gen/1/s1/root/etc/hostname"), "s1\n");
  EXPECT_EQ(Content("/x/.zprov/gen/1/s1/boot/kernel.img"), Content("/boot/kernel.img"));
  EXPECT_NE(Content("/x/.zprov/gen/1/s0/root/etc/machine-id"),
            Content("/x/.zprov/gen/1/s1/root/etc/machine-id"));
  EXPECT_NE(Content("/x/.zprov/gen/1/s0/root/etc/ssh/ssh_host_ed25519_key"),
            Content("/etc/ssh/ssh_host_ed25519_key"));
  EXPECT_FALSE(Has("/x/.zprov/gen/1/record.json"));
}

TEST_F(BuildGenerationTest, HasRootsThatAreSnapshotsOfTheOneBase) {
  Build();
  const os::Subvolume base = Subvolume("/x/.zprov/gen/1/base");
  EXPECT_TRUE(base.read_only);
  EXPECT_EQ(base.source_uuid, Subvolume("/").uuid);
  for (const char* node : {"s0", "s1"}) {
    const os::Subvolume root = Subvolume(std::string("/x/.zprov/gen/1/") + node + "/root");
    EXPECT_EQ(root.source_uuid, base.uuid);
    EXPECT_FALSE(root.read_only);
  }
}

TEST_F(BuildGenerationTest, HasNewSubvolumesAndTheSameIdentityTheNextTime) {
  Build();
  engine::BuildOrder order = kOrder;
  order.number = 2;
  Build(order);
  EXPECT_NE(Subvolume("/x/.zprov/gen/1/s0/root").id, Subvolume("/x/.zprov/gen/2/s0/root").id);
  EXPECT_EQ(Content("/x/.zprov/gen/2/s0/root/etc/zprov/generation"), "2\n");
  world_.Put("/x/.zprov/gen/2/s0/root/etc/zprov/generation", "1\n");  // all that differs
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/1/s0/root"), TreeAt(world_, "/x/.zprov/gen/2/s0/root"));
}

TEST_F(BuildGenerationTest, SaysHowFarItIs) {
  Build();
  std::vector<std::string> said;
  for (const engine::Notice& notice : notices_) said.push_back(notice.text);
  EXPECT_THAT(said,
              IsSupersetOf({"snapshot of / as generation 1", "s0: root (1/2)", "s1: root (2/2)"}));
}

TEST_F(BuildGenerationTest, TakesOverWhatIsKeptAndTellsTheRest) {
  world_.Put("/x/s0/root/result", "42");
  Build();
  EXPECT_EQ(Content("/x/.zprov/gen/1/s0/root/var/lib/app/data"), "s0's");
  EXPECT_FALSE(Has("/x/.zprov/gen/1/s1/root/var/lib/app"));
  EXPECT_THAT(Warnings(), ElementsAre(AllOf(StartsWith("s0: 1 file"), HasSubstr("/root/result"))));
}

TEST_F(BuildGenerationTest, CountsFromTheRecordOfTheRootUntilNow) {
  engine::BuildOrder order = kOrder;
  order.made_ns["s0"] = world_.clock().WallTime().count();
  world_.clock().Advance(std::chrono::minutes(1));
  world_.Put("/x/s0/root/result", "42");
  order.previous["s1"] = "/x/s0";
  order.made_ns["s1"] = world_.clock().WallTime().count();
  Build(order);
  EXPECT_THAT(Warnings(), ElementsAre(StartsWith("s0: 1 file (2 B)")));
}

TEST_F(BuildGenerationTest, SyncsOnceAndNothingInARootByItself) {
  faults::Seam seam;
  seam.KeepLog();
  faults::FaultySystem watched(world_.system(), seam);
  ASSERT_TRUE(engine::BuildGeneration(watched.system(), spec_, kOrder, Notices()));
  std::vector<std::string> syncs;
  for (const std::string& line : seam.log()) {
    const std::string call = line.substr(line.find(' ') + 1);
    if (call.starts_with("sync /")) syncs.push_back(call);
    EXPECT_FALSE(call.starts_with("write /") && call.find("/identity/") == std::string::npos)
        << line;
    EXPECT_FALSE(call.starts_with("sync directory") && call.find("/identity/") == std::string::npos)
        << line;
  }
  EXPECT_THAT(syncs, ElementsAre("sync /x"));
}

TEST_F(BuildGenerationTest, ChangesLittleForANodeThatHasItsIdentity) {
  const auto calls = [&](int number, const std::vector<std::string>& nodes) {
    faults::Seam seam;
    faults::FaultySystem watched(world_.system(), seam);
    EXPECT_TRUE(engine::BuildGeneration(watched.system(), spec_, {number, nodes, {}, {}}, Ignore));
    return seam.changes().size();
  };
  (void)calls(1, {"s0", "s1"});
  EXPECT_LE(calls(2, {"s0", "s1"}) - calls(3, {"s0"}), 10u);
}

TEST_F(BuildGenerationTest, RefusesASourceThatIsNoSubvolumeBeforeAnythingIsMade) {
  spec_.storage.source = "/opt";
  const std::string before = world_.Dump();
  const auto refused = engine::BuildGeneration(world_.system(), spec_, kOrder, Notices());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(BuildGenerationTest, RefusesASourceWithoutAKernelBeforeAnythingIsMade) {
  world_.scene().Remove("/boot/kernel.img");
  const std::string before = world_.Dump();
  const auto refused = engine::BuildGeneration(world_.system(), spec_, kOrder, Notices());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(BuildGenerationTest, RefusesANodeThatTheSpecDoesNotHave) {
  const std::string before = world_.Dump();
  const auto unknown =
      engine::BuildGeneration(world_.system(), spec_, {1, {"s0", "s9"}, {}, {}}, Notices());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(unknown.error().message, HasSubstr("s9"));
  EXPECT_EQ(world_.Dump(), before);
}

// ---- cut off, or failing, anywhere

class BuildCutOff : public ::testing::TestWithParam<spec::Mode> {
 protected:
  std::vector<uint64_t> Changes() {
    faults::Seam seam;
    (void)Run(seam);
    return seam.changes();
  }

  Result<engine::Built> Run(faults::Seam& seam) {
    world_ = std::make_unique<sim::World>();
    HostWithAStore(*world_);
    faults::FaultySystem watched(world_->system(), seam);
    return engine::BuildGeneration(watched.system(), spec_, kOrder, Ignore);
  }

  // Nothing of it is left, and it can be made.
  void ExpectAWayOut() {
    const auto gone = engine::DiscardGeneration(world_->system(), spec_, 1);
    ASSERT_TRUE(gone) << gone.error().message;
    const std::string left = world_->Dump("/x/.zprov");
    EXPECT_THAT(left, AllOf(Not(HasSubstr("/gen/1")), Not(HasSubstr("root"))));
    EXPECT_THAT(world_->Dump("/x/s0"), Not(HasSubstr(".zprov-keep")));
    const auto built = engine::BuildGeneration(world_->system(), spec_, kOrder, Ignore);
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_EQ(world_->scene().Content("/x/.zprov/gen/1/s0/root/var/lib/app/data"), "s0's");
  }

  spec::ClusterSpec spec_ = TwoNodesThatKeep(GetParam());
  std::unique_ptr<sim::World> world_;
};

TEST_P(BuildCutOff, LeavesWhatCanBeTakenAwayAfterAPowerCutBeforeAnyCall) {
  for (const uint64_t call : Changes()) {
    if (HasFailure()) return;
    SCOPED_TRACE(::testing::Message() << "cut before call " << call);
    faults::Seam seam;
    seam.CutAt(call);
    EXPECT_THROW((void)Run(seam), faults::Cut);
    if (call % 2 == 0) world_->CutPower();  // else a kill
    ExpectAWayOut();
  }
}

TEST_P(BuildCutOff, LeavesWhatCanBeTakenAwayOnAFullDisk) {
  for (const uint64_t call : Changes()) {
    if (HasFailure()) return;
    SCOPED_TRACE(::testing::Message() << "no space from call " << call);
    faults::Seam seam;
    seam.FailAt(call, ErrorKind::kNoSpace, faults::Repeat::kFromThenOn);
    const auto failed = Run(seam);
    if (seam.failed() > 0) {
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().kind, ErrorKind::kNoSpace) << failed.error().message;
    }
    ExpectAWayOut();
  }
}

TEST_P(BuildCutOff, ReportsAnErrorOfTheMediumAtAnyCall) {
  faults::Seam undisturbed;
  ASSERT_TRUE(Run(undisturbed));
  for (uint64_t call = 1; call <= undisturbed.calls() && !HasFailure(); ++call) {
    SCOPED_TRACE(::testing::Message() << "EIO at call " << call);
    faults::Seam seam;
    seam.FailAt(call, ErrorKind::kIo);
    const auto failed = Run(seam);
    ASSERT_FALSE(failed) << "an error was swallowed";
    EXPECT_EQ(failed.error().kind, ErrorKind::kIo) << failed.error().message;
    ExpectAWayOut();
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, BuildCutOff,
                         ::testing::Values(spec::Mode::kNative, spec::Mode::kCompatible),
                         [](const auto& row) {
                           return row.param == spec::Mode::kNative ? "Native" : "Compatible";
                         });

}  // namespace
}  // namespace zprov::scenario
