// Cutting and failing calls at one place, over the simulated world.
#include "sim/faults/seam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/faults/faulty_system.h"
#include "sim/world.h"

namespace zprov::faults {
namespace {

using testing::ElementsAre;

class SeamTest : public testing::Test {
 protected:
  // Stands for an operation of the engine: three changes and a look.
  static Result<void> Operation(os::System& system) {
    ZPROV_TRY(system.trees.MakeDirectory("/d", 0755));
    ZPROV_TRY(system.files.Write("/d/file", "content", 0644));
    ZPROV_TRY(system.files.Status("/d/file"));
    ZPROV_TRY(system.files.SyncDirectory("/d"));
    return {};
  }

  sim::World world;
  Seam seam;
  FaultySystem faulty{world.system(), seam};
};

TEST_F(SeamTest, PassesEverythingOnAndNamesEachCall) {
  seam.KeepLog();
  ASSERT_TRUE(Operation(faulty.system()).has_value());
  ASSERT_TRUE(faulty.system().live->netlink.Links().has_value());
  EXPECT_EQ(world.scene().Content("/d/file"), "content");
  EXPECT_THAT(seam.log(), ElementsAre("1 make directory /d", "2 write /d/file",
                                      "3 status of /d/file", "4 sync directory /d", "5 links"));
}

TEST_F(SeamTest, CutsBeforeTheCallTakesEffect) {
  seam.CutAt(2);
  try {
    (void)Operation(faulty.system());
    FAIL() << "nothing was cut";
  } catch (const Cut& cut) {
    EXPECT_EQ(cut.call, 2U);
    EXPECT_EQ(cut.what, "write /d/file");
  }
  EXPECT_TRUE(world.scene().Has("/d"));
  EXPECT_FALSE(world.scene().Has("/d/file"));
}

TEST_F(SeamTest, LetsNothingHappenAfterACutUntilHealed) {
  seam.CutAt(1);
  EXPECT_THROW((void)Operation(faulty.system()), Cut);
  EXPECT_EQ(Operation(faulty.system()).error().kind, ErrorKind::kGone);
  EXPECT_FALSE(world.scene().Has("/d"));
  seam.Heal();
  EXPECT_TRUE(Operation(faulty.system()).has_value());
  EXPECT_TRUE(world.scene().Has("/d/file"));
}

TEST_F(SeamTest, ReachesEveryCallOfAnOperationAndThenNoMore) {
  uint64_t cuts = 0;
  for (uint64_t call = 1;; ++call) {
    sim::World fresh;
    Seam one;
    FaultySystem cut_world(fresh.system(), one);
    one.CutAt(call);
    try {
      ASSERT_TRUE(Operation(cut_world.system()).has_value());
      break;
    } catch (const Cut&) {
      ++cuts;
    }
  }
  EXPECT_EQ(cuts, 4U);
}

TEST_F(SeamTest, GivesNoSpaceOnlyToWhatTakesSpace) {
  ASSERT_TRUE(Operation(faulty.system()).has_value());
  seam.FailAt(1, ErrorKind::kNoSpace, Repeat::kFromThenOn);
  EXPECT_EQ(faulty.system().files.Write("/d/file", "new", 0644).error().kind, ErrorKind::kNoSpace);
  EXPECT_EQ(faulty.system().files.Read("/d/file", 100).value(), "content");
  EXPECT_TRUE(faulty.system().trees.Remove("/d/file").has_value());
  EXPECT_EQ(seam.failed(), 1U);
}

TEST_F(SeamTest, FailsOnceAndThenWorksAgain) {
  seam.FailAt(2, ErrorKind::kIo);
  const auto failed = Operation(faulty.system());
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::kIo);
  EXPECT_FALSE(world.scene().Has("/d/file"));
  EXPECT_TRUE(faulty.system().files.Write("/d/file", "content", 0644).has_value());
  EXPECT_TRUE(world.scene().Has("/d/file"));
}

}  // namespace
}  // namespace zprov::faults
