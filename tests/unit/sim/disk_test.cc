// What is particular to the simulated btrfs and cannot be asked of a kernel in the contract suite:
// numbers, capacity, determinism. The rest of its behaviour is tests/contract/.
#include "sim/disk/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/disk/walk.h"
#include "sim/world.h"

namespace zprov::sim {
namespace {

TEST(Table, KeepsWhatACopyKnewWhenTheOriginalChanges) {
  Table<std::string> original;
  for (uint64_t key : {1, 17, 300, 70000}) original.Set(key, "v" + std::to_string(key));
  const Table<std::string> copy = original;
  original.Set(17, "changed");
  original.Erase(300);
  EXPECT_EQ(*copy.Find(17), "v17");
  EXPECT_EQ(*copy.Find(300), "v300");
  EXPECT_EQ(*original.Find(17), "changed");
  EXPECT_EQ(original.Find(300), nullptr);
  EXPECT_EQ(original.Find(70001), nullptr);
  std::vector<uint64_t> keys;
  copy.ForEach([&](uint64_t key, const std::string&) { keys.push_back(key); });
  EXPECT_EQ(keys, (std::vector<uint64_t>{1, 17, 300, 70000}));
}

// What differs, as "key before now"; "-": nothing there.
std::vector<std::string> Differences(const Table<std::string>& before,
                                     const Table<std::string>& now) {
  std::vector<std::string> differences;
  const auto word = [](const std::string* value) { return value == nullptr ? "-" : *value; };
  Table<std::string>::ForEachDifference(
      before, now, [&](uint64_t key, const std::string* had, const std::string* has) {
        differences.push_back(std::to_string(key) + " " + word(had) + " " + word(has));
      });
  return differences;
}

TEST(Table, SaysInWhichKeysTwoCopiesDiffer) {
  using testing::ElementsAre;
  Table<std::string> before;
  for (uint64_t key : {1, 17, 300}) before.Set(key, "v");
  Table<std::string> now = before;
  EXPECT_THAT(Differences(before, now), ElementsAre());
  now.Set(17, "w");
  now.Erase(300);
  now.Set(301, "new");
  now.Set(70000, "far");  // one more level
  EXPECT_THAT(Differences(before, now),
              ElementsAre("17 v w", "300 v -", "301 - new", "70000 - far"));
  EXPECT_THAT(Differences(now, before),
              ElementsAre("17 w v", "300 - v", "301 new -", "70000 far -"));
  EXPECT_THAT(Differences({}, before), ElementsAre("1 - v", "17 - v", "300 - v"));
}

TEST(Disk, NumbersSubvolumesOnceAndForever) {
  World world;
  os::Btrfs& btrfs = world.system().btrfs;
  ASSERT_TRUE(btrfs.Create("/a", 0755).has_value());
  const uint64_t first = btrfs.Info("/a").value()->id;
  EXPECT_EQ(first, 256U);
  ASSERT_TRUE(btrfs.Delete("/a").has_value());
  ASSERT_TRUE(btrfs.Create("/a", 0755).has_value());
  EXPECT_EQ(btrfs.Info("/a").value()->id, first + 1);
  EXPECT_EQ(btrfs.Info("/").value()->id, kTopLevelId);
}

TEST(Disk, TheSameSeedGivesTheSameUuidsAndAnotherOneOthers) {
  auto uuid = [](uint64_t seed) {
    World world({.seed = seed});
    EXPECT_TRUE(world.system().btrfs.Create("/a", 0755).has_value());
    return world.system().btrfs.Info("/a").value()->uuid;
  };
  EXPECT_EQ(uuid(7), uuid(7));
  EXPECT_NE(uuid(7), uuid(8));
  EXPECT_EQ(uuid(7).size(), 32U);
}

TEST(Disk, ASnapshotSharesSpaceUntilItIsWritten) {
  World world;
  world.MakeSubvolume("/a");
  world.Put("/a/big", std::string(1000000, 'x'));
  os::System& system = world.system();
  const uint64_t before = system.btrfs.Usage("/").value().data_used;
  ASSERT_TRUE(system.btrfs.Snapshot("/a", "/b", os::Access::kReadWrite).has_value());
  EXPECT_EQ(system.btrfs.Usage("/").value().data_used, before);
  ASSERT_TRUE(system.files.Write("/b/big", std::string(1000000, 'y'), 0644).has_value());
  EXPECT_EQ(system.btrfs.Usage("/").value().data_used, before + 1000000);
  ASSERT_TRUE(system.btrfs.Delete("/b").has_value());
  EXPECT_EQ(system.btrfs.Usage("/").value().data_used, before);
}

TEST(Disk, AFullOneKeepsTheOldFileAndTakesTheNewOneAfterADeletion) {
  World world({.disk_capacity = 200000});
  world.Put("/a", std::string(60000, 'a'));
  world.Put("/b", std::string(60000, 'b'));
  os::System& system = world.system();
  const auto full = system.files.Write("/a", std::string(100000, 'c'), 0644);
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().kind, ErrorKind::kNoSpace);
  EXPECT_EQ(world.scene().Content("/a"), std::string(60000, 'a'));
  ASSERT_TRUE(system.trees.Remove("/b").has_value());
  ASSERT_TRUE(system.files.Write("/a", std::string(100000, 'c'), 0644).has_value());
  EXPECT_EQ(world.scene().Content("/a"), std::string(100000, 'c'));
}

TEST(Disk, ANearlyFullOneThatWasSnapshottedHasTheOldFileOrTheNewOne) {
  for (uint64_t left = 0; left < 1000; left += 4) {
    World world;
    world.Put("/d/f", "old");
    ASSERT_TRUE(world.system().btrfs.Snapshot("/", "/s", os::Access::kReadOnly).has_value());
    const os::Space used = world.system().btrfs.Usage("/").value();
    world.disk().SetCapacity(used.data_used + used.metadata_used + left);
    const bool is_written = world.system().files.Write("/d/f", "new", 0644).has_value();
    ASSERT_TRUE(world.scene().Has("/d/f")) << left;
    EXPECT_EQ(world.scene().Content("/d/f"), is_written ? "new" : "old") << left;
  }
}

TEST(Disk, CountsItsOwnRootToWhatIsUsed) {
  World world;
  const os::Space empty = world.system().btrfs.Usage("/").value();
  world.disk().SetCapacity(empty.data_used + empty.metadata_used);
  EXPECT_EQ(world.system().files.ReplaceSymlink("/l", "x").error().kind, ErrorKind::kNoSpace);
  EXPECT_FALSE(world.scene().Has("/l"));
}

TEST(Disk, AFullOneMakesNoDirectorySnapshotOrSymlink) {
  World world;
  world.disk().SetCapacity(0);
  os::System& system = world.system();
  EXPECT_EQ(system.trees.MakeDirectory("/d", 0755).error().kind, ErrorKind::kNoSpace);
  EXPECT_EQ(system.btrfs.Create("/s", 0755).error().kind, ErrorKind::kNoSpace);
  EXPECT_EQ(system.files.ReplaceSymlink("/l", "x").error().kind, ErrorKind::kNoSpace);
  EXPECT_EQ(world.Dump(), "dir  0755 0:0 / subvolume\n");
}

TEST(Disk, AReflinkTakesNoData) {
  World world;
  world.Put("/a/file", std::string(50000, 'a'));
  world.scene().MakeDirectory("/b");
  os::System& system = world.system();
  world.disk().SetCapacity(system.btrfs.Usage("/").value().data_used + 30000);
  const auto copied = system.trees.Copy("/a", "/b");
  ASSERT_TRUE(copied.has_value());
  EXPECT_EQ(copied->bytes, 50000U);
  EXPECT_EQ(world.scene().Content("/b/file"), std::string(50000, 'a'));
}

TEST(Disk, AReadOnlyOneRefusesEveryChange) {
  World world;
  world.Put("/etc/hosts", "old");
  world.disk().SetReadOnly(0, os::Access::kReadOnly);
  const std::string before = world.Dump();
  os::System& system = world.system();
  EXPECT_EQ(system.files.Write("/etc/hosts", "new", 0644).error().kind, ErrorKind::kReadOnly);
  EXPECT_EQ(system.trees.Rename("/etc", "/old").error().kind, ErrorKind::kReadOnly);
  EXPECT_EQ(system.btrfs.Create("/s", 0755).error().kind, ErrorKind::kReadOnly);
  EXPECT_EQ(world.Dump(), before);
}

TEST(View, ADirectoryTakenForTheRootHoldsEverySymlinkInside) {
  World world({.root = "/mnt/card"});
  world.Put("/etc/hosts", "the machine's own");
  world.Put("/mnt/card/etc/hosts", "the card's");
  world.scene().Symlink("/mnt/card/absolute", "/etc/hosts");
  world.scene().Symlink("/mnt/card/etc/up", "../../../../etc/hosts");
  os::System& system = world.system();
  EXPECT_EQ(system.files.Read("/absolute", 100).value(), "the card's");
  EXPECT_EQ(system.files.Read("/etc/up", 100).value(), "the card's");
  EXPECT_EQ(system.files.Resolve("/absolute").value(), "/etc/hosts");
  EXPECT_EQ(system.live, nullptr);
}

TEST(View, FindsTheSameWithAndWithoutTheWayThere) {
  World world;
  world.Put("/srv/a/file", "x");
  world.scene().MakeSubvolume("/srv/vol");
  world.scene().Symlink("/srv/there", "a/../vol/./");
  world.scene().Symlink("/srv/round", "round");
  world.scene().Symlink("/srv/nowhere", "/not/there");
  const View view(world.disk());
  for (const char* path : {"/", "/srv", "/srv/a/file", "/srv/vol", "/srv/there", "/srv/round",
                           "/srv/nowhere", "/srv/a/file/below", "/srv/missing", "/no/such", "srv",
                           "/srv/", "/srv//a", "/srv/./a", "/srv/a/..", ""}) {
    for (const Last last : {Last::kKeep, Last::kFollow}) {
      const auto found = view.Existing(path, last);
      const auto node = view.NodeAt(path, last);
      ASSERT_EQ(found.has_value(), node.has_value()) << path;
      if (found) {
        EXPECT_EQ(*found->node, *node) << path;
      } else {
        EXPECT_EQ(found.error().message, node.error().message) << path;
      }
    }
  }
  EXPECT_EQ(view.Existing("/srv/there", Last::kFollow)->path, "/srv/vol");
}

}  // namespace
}  // namespace zprov::sim
