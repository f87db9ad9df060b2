// A generation, whole or half, goes away.
#include "engine/make_generation.h"
#include "scenario/store_test_base.h"
#include "sim/faults/faulty_system.h"

namespace zprov::scenario {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Generation 1 of two nodes, as BuildGeneration leaves it, with its record.
void OneGeneration(sim::World& world) {
  sim::BareHost(world);
  sim::Scene& scene = world.scene();
  scene.MakeSubvolume("/x/.zprov", 0700);
  scene.MakeDirectory("/x/.zprov/gen/1");
  scene.Snapshot("/", "/x/.zprov/gen/1/base");
  scene.MakeSubvolume("/x/.zprov/gen/1/boot");
  for (const char* node : {"s0", "s1"}) {
    const std::string path = std::string("/x/.zprov/gen/1/") + node;
    scene.MakeDirectory(path);
    scene.Snapshot("/x/.zprov/gen/1/base", path + "/root");
    scene.Symlink(path + "/boot", "../boot");
    scene.Put(path + "/unwritten", "7\n");
  }
  scene.Put("/x/.zprov/gen/1/record.json", "{}\n");
  scene.MakeDirectory("/x/.zprov/current");
  for (const char* path : {"/x/.zprov/gen/1/base", "/x/.zprov/gen/1/boot"}) {
    EXPECT_TRUE(world.system().btrfs.SetAccess(path, os::Access::kReadOnly));
  }
  scene.SyncAll();
}

class DiscardTest : public StoreTest {
 protected:
  DiscardTest() {
    OneGeneration(world_);
    spec_ = Cluster(spec::Mode::kNative);
  }

  Result<void> Discard() { return engine::DiscardGeneration(world_.system(), spec_, 1); }
};

TEST_F(DiscardTest, TakesTheWholeGenerationAndIsHarmlessTheSecondTime) {
  ASSERT_TRUE(Discard());
  EXPECT_FALSE(Has("/x/.zprov/gen/1"));
  EXPECT_THAT(world_.Dump("/x/.zprov"), Not(HasSubstr("root")));
  EXPECT_TRUE(Discard());
}

TEST_F(DiscardTest, RefusesWhatAPointerNames) {
  world_.scene().Symlink("/x/.zprov/current/s1", "../gen/1/s1");
  const std::string before = world_.Dump();
  for (const auto& refused : {Discard(), engine::DiscardRoot(world_.system(), spec_, 1, "s1")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kBusy);
    EXPECT_THAT(refused.error().message, HasSubstr("generation 1 is the current one of s1"));
  }
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(DiscardTest, TakesOneNodesRootAndLeavesTheOthers) {
  world_.scene().Symlink("/x/.zprov/current/s1", "../gen/1/s1");
  ASSERT_TRUE(engine::DiscardRoot(world_.system(), spec_, 1, "s0"));
  EXPECT_FALSE(Has("/x/.zprov/gen/1/s0"));
  EXPECT_TRUE(Has("/x/.zprov/gen/1/s1/root/etc"));
  EXPECT_TRUE(Has("/x/.zprov/gen/1/record.json"));
  EXPECT_TRUE(engine::DiscardRoot(world_.system(), spec_, 1, "s0"));
}

TEST_F(DiscardTest, TakesHalfAGenerationAfterACutBeforeAnyCall) {
  for (uint64_t call = 1;; ++call) {
    SCOPED_TRACE(::testing::Message() << "cut before call " << call);
    sim::World world;
    OneGeneration(world);
    faults::Seam seam;
    seam.CutAt(call);
    faults::FaultySystem cut_off(world.system(), seam);
    bool was_cut = false;
    try {
      (void)engine::DiscardGeneration(cut_off.system(), spec_, 1);
    } catch (const faults::Cut&) {
      was_cut = true;
    }
    if (!was_cut) break;
    world.CutPower();
    EXPECT_TRUE(!world.scene().Has("/x/.zprov/gen/1/record.json") ||
                world.scene().Has("/x/.zprov/gen/1/s0/root/etc"))
        << "a record of a generation that is not whole";
    ASSERT_TRUE(engine::DiscardGeneration(world.system(), spec_, 1));
    EXPECT_FALSE(world.scene().Has("/x/.zprov/gen/1"));
  }
}

TEST_F(DiscardTest, TakesAHandMadeRootsLinkAndNotTheRoot) {
  world_.scene().Snapshot("/", "/x/s0");
  world_.scene().MakeDirectory("/x/.zprov/gen/0/s0");
  world_.scene().Symlink("/x/.zprov/gen/0/s0/root", "../../../../s0");
  world_.scene().Symlink("/x/.zprov/gen/0/s0/boot", "../../../../sboot");
  ASSERT_TRUE(engine::DiscardRoot(world_.system(), spec_, 0, "s0"));
  EXPECT_FALSE(Has("/x/.zprov/gen/0/s0"));
  EXPECT_TRUE(Has("/x/s0/etc"));
}

TEST_F(DiscardTest, SaysWhichSubvolumeSomebodyMadeInARoot) {
  world_.MakeSubvolume("/x/.zprov/gen/1/s0/root/srv/mine");
  const auto held = Discard();
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().kind, ErrorKind::kNotEmpty);
  EXPECT_THAT(held.error().message, HasSubstr("/x/.zprov/gen/1/s0/root"));
  EXPECT_TRUE(Has("/x/.zprov/gen/1/s0/root/srv/mine"));
}

}  // namespace
}  // namespace zprov::scenario
