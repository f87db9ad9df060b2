// Update, rollback and prune on simulated hosts: which generation each node gets, what is refused,
// and what stays when something fails.
#include "engine/update.h"

#include <gmock/gmock.h>

#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Generations : public ::testing::Test {
 protected:
  void Start(spec::Mode mode, MakeHost make_host = sim::Rig) {
    spec_ = Cluster(mode);
    if (mode == spec::Mode::kCompatible) {
      const spec::ClusterSpec native = Cluster(spec::Mode::kNative);
      for (size_t i = 0; i < spec_.nodes.size(); ++i) spec_.nodes[i].usb = native.nodes[i].usb;
    }
    make_host(world_);
    const auto applied = Apply(world_.system(), spec_);
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_THAT(applied->refusals, IsEmpty());
  }

  std::string Exports() { return world_.scene().Content("/etc/exports"); }

  sim::World world_;
  spec::ClusterSpec spec_;
};

TEST_F(Generations, ApplyMakesTheFirstForNodesWithoutARoot) {
  Start(spec::Mode::kNative);
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  EXPECT_EQ(world_.scene().Content("/x/s3/etc/hostname"), "s3\n");
  EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/1/s3/root 192.168.7.45("));
  ExpectSound(world_, spec_);
}

TEST_F(Generations, UpdateGivesEveryNodeANewRootAndLeavesTheOldOneAlone) {
  Start(spec::Mode::kNative);
  const std::string old = TreeAt(world_, "/x/.zprov/gen/1/s0/root");
  world_.Put("/usr/bin/new-tool", "program", 0755);
  const auto updated = Update(world_.system(), spec_);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(updated->number, 2);
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:2 s2:2 s3:2 s4:2");
  EXPECT_TRUE(world_.scene().Has("/x/s0/usr/bin/new-tool"));
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/1/s0/root"), old);
  EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/1/s0/root 192.168.7.33("));
  EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/2/s0/root 192.168.7.33("));
  ExpectSound(world_, spec_);
}

TEST_F(Generations, UpdateLastsThroughAPowerCut) {
  Start(spec::Mode::kNative);
  ASSERT_TRUE(Update(world_.system(), spec_));
  const std::string before = Settled(world_);
  world_.CutPower();
  EXPECT_EQ(Settled(world_), before);
}

TEST_F(Generations, UpdateOfOneNodeLeavesTheOthersWhereTheyAre) {
  Start(spec::Mode::kNative);
  const auto updated = Update(world_.system(), spec_, {.nodes = {"s3"}});
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:2 s4:1");
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/2/s0"));
}

TEST_F(Generations, UpdateNamesTheNearestNodeForOneThatIsNotThere) {
  Start(spec::Mode::kNative);
  const auto refused = Update(world_.system(), spec_, {.nodes = {"s33"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("did you mean s3"));
}

TEST_F(Generations, UpdateAlwaysMakesNewSubvolumesButNotWithIfChangedWhenNothingIsNew) {
  Start(spec::Mode::kNative);
  const auto first = world_.system().btrfs.Info("/x/.zprov/gen/1/s0/root").value();
  const auto skipped = Update(world_.system(), spec_, {.if_changed = true});
  ASSERT_TRUE(skipped) << skipped.error().message;
  EXPECT_EQ(skipped->number, 0);
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/2"));
  ASSERT_TRUE(Update(world_.system(), spec_));
  const auto second = world_.system().btrfs.Info("/x/.zprov/gen/2/s0/root").value();
  EXPECT_NE(first->id, second->id);
}

TEST_F(Generations, IfChangedSeesContentAndNotTime) {
  Start(spec::Mode::kNative);
  world_.clock().Advance(std::chrono::hours(1));
  world_.Put("/etc/motd.tail", "same");
  ASSERT_EQ(Update(world_.system(), spec_, {.if_changed = true})->number, 2);
  world_.clock().Advance(std::chrono::hours(1));
  world_.Put("/etc/motd.tail", "same");
  EXPECT_EQ(Update(world_.system(), spec_, {.if_changed = true})->number, 0);
  world_.Put("/etc/motd.tail", "else");
  EXPECT_EQ(Update(world_.system(), spec_, {.if_changed = true})->number, 3);
}

TEST_F(Generations, ARunningNodeKeepsItsGenerationNativelyAndIsNamed) {
  Start(spec::Mode::kNative);
  BootNode(world_, spec_.nodes[2], Answers::kYes);
  const auto updated = Update(world_.system(), spec_);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_THAT(updated->at_next_boot, ElementsAre("s2"));
  EXPECT_TRUE(world_.scene().Has("/x/.zprov/gen/1/s2/root/etc/hostname"));
}

TEST_F(Generations, ARunningNodeIsRefusedCompatiblyAndNothingChanges) {
  Start(spec::Mode::kCompatible);
  BootNode(world_, spec_.nodes[2], Answers::kYes);
  const std::string before = Settled(world_);
  const auto refused = Update(world_.system(), spec_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("s2 is up (its link s2 answers)"));
  EXPECT_EQ(Settled(world_), before);
}

TEST_F(Generations, SkipUpGoesOnWithoutTheRunningNode) {
  Start(spec::Mode::kCompatible);
  BootNode(world_, spec_.nodes[2], Answers::kNo);
  const auto updated = Update(world_.system(), spec_, {.skip_up = true});
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_THAT(updated->skipped, ElementsAre(HasSubstr("s2 is hung")));
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:2 s2:1 s3:2 s4:2");
}

TEST_F(Generations, AssumeDownTakesTheOperatorsWord) {
  Start(spec::Mode::kCompatible);
  BootNode(world_, spec_.nodes[2], Answers::kNo);
  const auto updated = Update(world_.system(), spec_, {.assume_down = {"s2"}});
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:2 s2:2 s3:2 s4:2");
}

TEST_F(Generations, CompatiblyTheBootDirectoriesLeadToTheGenerationsBootSet) {
  Start(spec::Mode::kCompatible);
  EXPECT_EQ(world_.system().files.ReadSymlink("/x/sboot/1-1.2").value(),
            "../.zprov/current/s0/boot");
  EXPECT_THAT(world_.scene().Content("/x/sboot/1-1.2/cmdline.txt"), HasSubstr(":/x/s0,"));
  EXPECT_TRUE(world_.scene().Has("/x/sboot/1-1.2/kernel.img"));
  EXPECT_THAT(Exports(), HasSubstr("/x/s0 192.168.7.33("));
  EXPECT_THAT(Exports(), Not(HasSubstr(".zprov")));
}

TEST_F(Generations, UpdateWaitsForNoPackageRunButRefuses) {
  Start(spec::Mode::kNative);
  world_.Put("/var/lib/dpkg/lock-frontend", "");
  world_.scene().HoldRecordLock("/var/lib/dpkg/lock-frontend");
  const auto refused = Update(world_.system(), spec_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("dpkg or apt is at work"));
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/2"));
}

TEST_F(Generations, UpdateBeforeApplySaysSo) {
  sim::Rig(world_);
  const auto refused = Update(world_.system(), Cluster(spec::Mode::kNative));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("run `zprov apply` first"));
}

TEST_F(Generations, UpdateRefusesAPlainDirectoryWhereARootMustBe) {
  Start(spec::Mode::kNative);
  world_.scene().Remove("/x/s1");
  world_.scene().MakeDirectory("/x/s1");
  const auto refused = Update(world_.system(), spec_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("/x/s1 is a plain directory"));
}

TEST_F(Generations, RollbackGoesBackAndUpdateGoesOnFromThere) {
  Start(spec::Mode::kNative);
  const std::string old = TreeAt(world_, "/x/.zprov/gen/1/s0/root");
  world_.Put("/usr/bin/new-tool", "program", 0755);
  ASSERT_TRUE(Update(world_.system(), spec_));
  const auto back = Rollback(world_.system(), spec_);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  EXPECT_FALSE(world_.scene().Has("/x/s0/usr/bin/new-tool"));
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/1/s0/root"), old);
  EXPECT_THAT(PlanOf(world_.system(), spec_)->steps, IsEmpty());
  ASSERT_EQ(Update(world_.system(), spec_)->number, 3);
  EXPECT_EQ(Pointers(world_, spec_), "s0:3 s1:3 s2:3 s3:3 s4:3");
  ExpectSound(world_, spec_);
}

TEST_F(Generations, RollbackOfAListIsRefusedAsAWhole) {
  Start(spec::Mode::kNative);
  ASSERT_TRUE(Update(world_.system(), spec_, {.nodes = {"s0"}}));
  const auto refused = Rollback(world_.system(), spec_, {.nodes = {"s0", "s1"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("s1"));
  EXPECT_EQ(Pointers(world_, spec_), "s0:2 s1:1 s2:1 s3:1 s4:1");
}

TEST_F(Generations, PruneLeavesTheNewestAndWhatRunsAndTakesItsExports) {
  Start(spec::Mode::kNative);
  BootNode(world_, spec_.nodes[2], Answers::kYes);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Update(world_.system(), spec_));
  const auto pruned = Prune(world_.system(), spec_, {.keep = 1});
  ASSERT_TRUE(pruned) << pruned.error().message;
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/1/s0"));
  EXPECT_TRUE(world_.scene().Has("/x/.zprov/gen/1/s2/root/etc/hostname")) << "s2 may run it";
  EXPECT_THAT(pruned->held, Not(IsEmpty()));
  EXPECT_THAT(Exports(), Not(HasSubstr("/x/.zprov/gen/1/s0/root")));
  EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/1/s2/root"));
  ExpectSound(world_, spec_);
  EXPECT_THAT(PlanOf(world_.system(), spec_)->steps, IsEmpty());
}

TEST_F(Generations, PruneLeavesNoDirectoryBehindWhenNoNodeNeedsAGeneration) {
  Start(spec::Mode::kNative);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Update(world_.system(), spec_));
  ASSERT_TRUE(Prune(world_.system(), spec_, {.keep = 1}));
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/1"));
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/2"));
  EXPECT_TRUE(world_.scene().Has("/x/.zprov/gen/3")) << "rollback must have somewhere to go";
  EXPECT_TRUE(world_.scene().Has("/x/.zprov/gen/4"));
}

TEST_F(Generations, UpdatePrunesByTheSpecsRule) {
  Start(spec::Mode::kNative);
  spec_.prune_keep = 2;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Update(world_.system(), spec_));
  const auto updated = Update(world_.system(), spec_);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_THAT(updated->pruned, Contains(generations::NodeGeneration{"s0", 2}));
  EXPECT_FALSE(world_.scene().Has("/x/.zprov/gen/2"));
}

TEST_F(Generations, AFailedUpdateLeavesThePointersAndNoHalfGeneration) {
  Start(spec::Mode::kNative);
  world_.scene().Remove("/usr/sbin/mkinitramfs");
  const std::string before = Settled(world_);
  const auto failed = Update(world_.system(), spec_);
  ASSERT_FALSE(failed);
  EXPECT_EQ(Settled(world_), before);
}

// A hand-made rig goes to generation 1 and back to 0.
class HandMadeGenerations : public Generations, public ::testing::WithParamInterface<spec::Mode> {};

TEST_P(HandMadeGenerations, GoToOneAndBackToNought) {
  Start(GetParam(), sim::HandMadeHost);
  ASSERT_EQ(Pointers(world_, spec_), "s0:0 s1:0 s2:0 s3:0 s4:0");
  const std::string by_hand = TreeAt(world_, "/x/s3");
  const std::string boot = TreeAt(world_, "/x/sboot/1-1.5.1");
  const auto updated = Update(world_.system(), spec_);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  EXPECT_EQ(world_.system().files.ReadSymlink("/x/s3").value(), ".zprov/current/s3/root");
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/0/s3/root"), by_hand);
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/0/s3/boot"), boot);
  ExpectSound(world_, spec_);
  const auto back = Rollback(world_.system(), spec_);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(world_.system().files.Resolve("/x/s3").value(), "/x/.zprov/gen/0/s3/root");
  EXPECT_EQ(TreeAt(world_, "/x/.zprov/gen/0/s3/root"), by_hand);
  ExpectSound(world_, spec_);
  EXPECT_THAT(PlanOf(world_.system(), spec_)->steps, IsEmpty());
}

TEST_P(HandMadeGenerations, ExportTheOldRootWhereItIsNow) {
  Start(GetParam(), sim::HandMadeHost);
  EXPECT_THAT(Exports(), HasSubstr("/x/s3 192.168.7.45("));
  ASSERT_TRUE(Update(world_.system(), spec_));
  if (GetParam() == spec::Mode::kCompatible) {
    EXPECT_THAT(Exports(), HasSubstr("/x/s3 192.168.7.45("));
  } else {
    EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/0/s3/root 192.168.7.45("));
    EXPECT_THAT(Exports(), HasSubstr("/x/.zprov/gen/1/s3/root 192.168.7.45("));
  }
}

TEST_P(HandMadeGenerations, LeaveAnOverlayNativelyAndALinkCompatibly) {
  Start(GetParam(), sim::HandMadeHost);
  ASSERT_TRUE(Update(world_.system(), spec_));
  const auto link = world_.system().files.ReadSymlink("/x/sboot/1-1.2");
  if (GetParam() == spec::Mode::kCompatible) {
    EXPECT_EQ(link.value(), "../.zprov/current/s0/boot");
  } else {
    EXPECT_FALSE(link);
    EXPECT_EQ(TreeAt(world_, "/x/sboot/1-1.2"), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, HandMadeGenerations,
                         ::testing::Values(spec::Mode::kNative, spec::Mode::kCompatible),
                         [](const auto& mode) {
                           return mode.param == spec::Mode::kNative ? "Native" : "Compatible";
                         });

}  // namespace
}  // namespace zprov::scenario
