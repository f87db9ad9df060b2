// What a power cut leaves on the simulated disk: never more than os/files.h and os/btrfs.h promise.
#include <gtest/gtest.h>

#include "sim/world.h"

namespace zprov::sim {
namespace {

class PowerCut : public testing::Test {
 protected:
  PowerCut() {
    world.scene().MakeDirectory("/d");
    world.scene().MakeDirectory("/e");
    world.Put("/d/old", "old");
    world.MakeSubvolume("/s");
    world.Put("/s/file", "in s");
    world.scene().SyncAll();
  }
  os::System& system() { return world.system(); }
  bool Has(std::string_view path) { return world.scene().Has(path); }

  World world;
};

TEST_F(PowerCut, LosesEveryNameThatWasNotSynced) {
  const std::string before = world.Dump();
  ASSERT_TRUE(system().files.Write("/d/new", "new", 0644).has_value());
  ASSERT_TRUE(system().files.Write("/d/old", "newer", 0644).has_value());
  ASSERT_TRUE(system().trees.MakeDirectory("/d/sub", 0755).has_value());
  ASSERT_TRUE(system().btrfs.Snapshot("/s", "/t", os::Access::kReadWrite).has_value());
  ASSERT_TRUE(system().trees.Rename("/e", "/f").has_value());
  world.CutPower();
  EXPECT_EQ(world.Dump(), before);
}

TEST_F(PowerCut, LosesNothingAfterSync) {
  ASSERT_TRUE(system().files.Write("/d/new", "new", 0644).has_value());
  ASSERT_TRUE(system().btrfs.Snapshot("/s", "/t", os::Access::kReadWrite).has_value());
  ASSERT_TRUE(system().btrfs.Delete("/s").has_value());
  ASSERT_TRUE(system().trees.Sync("/d").has_value());
  const std::string before = world.Dump();
  world.CutPower();
  EXPECT_EQ(world.Dump(), before);
  EXPECT_EQ(world.scene().Content("/t/file"), "in s");
}

TEST_F(PowerCut, KeepsWhatWasWrittenIntoASyncedDirectory) {
  ASSERT_TRUE(system().files.Write("/d/new", "new", 0600).has_value());
  ASSERT_TRUE(system().files.Write("/d/old", "newer", 0644).has_value());
  ASSERT_TRUE(system().files.ReplaceSymlink("/d/link", "old").has_value());
  ASSERT_TRUE(system().files.Write("/e/other", "lost", 0644).has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/d").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/d/new"), "new");
  EXPECT_EQ(world.scene().Content("/d/link"), "newer");
  EXPECT_FALSE(Has("/e/other"));
}

TEST_F(PowerCut, KeepsOnlyTheNameOfANewSubdirectory) {
  ASSERT_TRUE(system().trees.MakeDirectory("/d/sub", 0755).has_value());
  ASSERT_TRUE(system().files.Write("/d/sub/file", "x", 0644).has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/d").has_value());
  world.CutPower();
  EXPECT_TRUE(Has("/d/sub"));
  EXPECT_FALSE(Has("/d/sub/file"));
}

TEST_F(PowerCut, EmptiesACopiedFileWhoseNameAloneWasSynced) {
  ASSERT_TRUE(system().trees.Copy("/d", "/e").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/e").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/e/old"), "");
  EXPECT_EQ(world.scene().Content("/d/old"), "old");
}

TEST_F(PowerCut, ForgetsARemovalOnlyUntilTheDirectoryIsSynced) {
  ASSERT_TRUE(system().trees.Remove("/d/old").has_value());
  world.CutPower();
  EXPECT_TRUE(Has("/d/old"));
  ASSERT_TRUE(system().trees.Remove("/d/old").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/d").has_value());
  world.CutPower();
  EXPECT_FALSE(Has("/d/old"));
}

TEST_F(PowerCut, NeverLosesARenamedFileBetweenItsTwoDirectories) {
  ASSERT_TRUE(system().trees.Rename("/d/old", "/e/old").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/d").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/d/old"), "old");
  ASSERT_TRUE(system().trees.Rename("/d/old", "/e/old").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/e").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/d").has_value());
  world.CutPower();
  EXPECT_FALSE(Has("/d/old"));
  EXPECT_EQ(world.scene().Content("/e/old"), "old");
}

TEST_F(PowerCut, FindsARenamedDirectoryInExactlyOnePlace) {
  ASSERT_TRUE(system().trees.Rename("/d", "/e/d").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/e").has_value());
  world.CutPower();
  EXPECT_FALSE(Has("/d"));
  EXPECT_EQ(world.scene().Content("/e/d/old"), "old");
}

TEST_F(PowerCut, SeesAnExchangeOfSubvolumesWholeOrNotAtAll) {
  ASSERT_TRUE(system().btrfs.Snapshot("/s", "/e/t", os::Access::kReadWrite).has_value());
  ASSERT_TRUE(system().files.Write("/e/t/file", "in t", 0644).has_value());
  ASSERT_TRUE(system().trees.Sync("/").has_value());
  ASSERT_TRUE(system().trees.Exchange("/s", "/e/t").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/s/file"), "in s");
  ASSERT_TRUE(system().trees.Exchange("/s", "/e/t").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/s/file"), "in t");
  EXPECT_EQ(world.scene().Content("/e/t/file"), "in s");
}

TEST_F(PowerCut, BringsADeletedSubvolumeBackUnlessItWasSynced) {
  ASSERT_TRUE(system().btrfs.Delete("/s").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/").has_value());
  world.CutPower();
  EXPECT_EQ(world.scene().Content("/s/file"), "in s");
  ASSERT_TRUE(system().btrfs.Delete("/s").has_value());
  ASSERT_TRUE(system().btrfs.Sync("/").has_value());
  world.CutPower();
  EXPECT_FALSE(Has("/s"));
}

TEST_F(PowerCut, LosesANewSubvolumeThatOnlyItsDirectoryKnows) {
  ASSERT_TRUE(system().btrfs.Create("/new", 0755).has_value());
  ASSERT_TRUE(system().files.Write("/new/file", "x", 0644).has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/new").has_value());
  ASSERT_TRUE(system().files.SyncDirectory("/").has_value());
  world.CutPower();
  EXPECT_FALSE(Has("/new"));
}

TEST_F(PowerCut, FreesLocksAndKeepsTheirOldHandlesHarmless) {
  auto lock = system().locks.TryLock("/d/lock", "first");
  ASSERT_TRUE(lock.has_value());
  ASSERT_TRUE(system().trees.Sync("/").has_value());
  EXPECT_EQ(system().locks.TryLock("/d/lock", "second").error(),
            (Error{ErrorKind::kBusy, "first"}));
  world.CutPower();
  auto next = system().locks.TryLock("/d/lock", "third");
  ASSERT_TRUE(next.has_value());
  lock->reset();
  EXPECT_EQ(system().locks.TryLock("/d/lock", "fourth").error().message, "third");
}

TEST_F(PowerCut, EndsProcessesAndLinksAndBootsAgain) {
  world.AtBoot([](World& host) { host.network().Add({.index = 0, .name = "eth0"}); });
  ASSERT_TRUE(system().live->netlink.EnsureBridge("san", {}).has_value());
  ASSERT_TRUE(system().processes.Start({"exportfs", "-ra"}).has_value());
  world.CutPower();
  std::vector<std::string> names;
  const auto links = system().live->netlink.Links().value();
  for (const Link& link : links) names.push_back(link.name);
  EXPECT_EQ(names, (std::vector<std::string>{"lo", "eth0"}));
  EXPECT_TRUE(world.processes().Started().empty());
}

TEST_F(PowerCut, ARebootLosesNoFile) {
  ASSERT_TRUE(system().files.Write("/d/new", "new", 0644).has_value());
  const std::string before = world.Dump();
  world.Reboot();
  EXPECT_EQ(world.Dump(), before);
}

}  // namespace
}  // namespace zprov::sim
