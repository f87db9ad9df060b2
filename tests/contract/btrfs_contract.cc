// os::Btrfs.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::Access;
using testing::ElementsAre;
using testing::Field;

class BtrfsContract : public FileContract {
 protected:
  os::Subvolume About(std::string_view path) {
    const auto about = btrfs().Info(path);
    EXPECT_THAT(about, Succeeds());
    EXPECT_TRUE(about && about->has_value()) << path;
    return about && *about ? **about : os::Subvolume{};
  }

  std::vector<std::string> Nested(std::string_view path) {
    const auto list = btrfs().List(path);
    EXPECT_THAT(list, Succeeds());
    std::vector<std::string> paths;
    for (const os::NestedSubvolume& nested : list.value_or(std::vector<os::NestedSubvolume>())) {
      paths.push_back(nested.path);
    }
    return paths;
  }
};

TEST_P(BtrfsContract, CreateMakesAnEmptySubvolumeWithThatMode) {
  ASSERT_THAT(btrfs().Create("/a", 01777), Succeeds());
  EXPECT_EQ((*files().Status("/a"))->mode, 01777u);
  EXPECT_EQ((*files().Status("/a"))->inode, 256u);
  EXPECT_THAT(Names("/a"), ElementsAre());
  const auto about = About("/a");
  EXPECT_EQ(about.parent_id, About("/").id);
  EXPECT_EQ(about.uuid.size(), 32u);
  EXPECT_EQ(about.source_uuid, "");
  EXPECT_FALSE(about.read_only);
}

TEST_P(BtrfsContract, CreateSaysWhyNot) {
  PutFile("/f", "x");
  PutDirectory("/mounted");
  Mount("/mounted");
  EXPECT_THAT(btrfs().Create("/f", 0755), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(btrfs().Create("/", 0755), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(btrfs().Create("/missing/s", 0755), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().Create("/f/s", 0755), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(btrfs().Create("/mounted/s", 0755), FailsWith(ErrorKind::kNotSupported));
  EXPECT_THAT(btrfs().Create("s", 0755), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(Names("/"), ElementsAre("f", "mounted"));
}

TEST_P(BtrfsContract, WithoutSpaceThereIsNoNewSubvolume) {
  PutSubvolume("/a");
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(btrfs().Create("/b", 0755), FailsWith(ErrorKind::kNoSpace));
  EXPECT_THAT(btrfs().Snapshot("/a", "/c", Access::kReadWrite), FailsWith(ErrorKind::kNoSpace));
  EXPECT_THAT(Names("/"), ElementsAre("a", "filler"));
}

TEST_P(BtrfsContract, ASnapshotIsAnIndependentCopy) {
  PutSubvolume("/a");
  PutFile("/a/f", "old");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadWrite), Succeeds());
  ASSERT_THAT(files().Write("/a/f", "new", 0644), Succeeds());
  ASSERT_THAT(files().Write("/b/g", "b's own", 0644), Succeeds());
  EXPECT_EQ(Content("/b/f"), "old");
  EXPECT_EQ(Content("/a/f"), "new");
  EXPECT_FALSE(IsThere("/a/g"));
  EXPECT_EQ(About("/b").source_uuid, About("/a").uuid);
  EXPECT_NE(About("/b").uuid, About("/a").uuid);
  EXPECT_NE(About("/b").id, About("/a").id);
}

TEST_P(BtrfsContract, AReadOnlySnapshotTakesNoChange) {
  PutSubvolume("/a");
  PutFile("/a/f", "old");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadOnly), Succeeds());
  EXPECT_TRUE(About("/b").read_only);
  EXPECT_THAT(files().Write("/b/f", "new", 0644), FailsWith(ErrorKind::kReadOnly));
  EXPECT_EQ(Content("/b/f"), "old");
}

TEST_P(BtrfsContract, NestedSubvolumesAppearInASnapshotAsStubs) {
  PutSubvolume("/a");
  PutSubvolume("/a/nested");
  PutFile("/a/nested/f", "x");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadWrite), Succeeds());
  EXPECT_EQ((*files().Status("/b/nested"))->inode, 2u);
  EXPECT_EQ((*files().Status("/b/nested"))->type, os::FileType::kDirectory);
  EXPECT_THAT(Names("/b/nested"), ElementsAre());
  EXPECT_EQ(btrfs().Info("/b/nested")->has_value(), false);
  EXPECT_THAT(Nested("/b"), ElementsAre());
}

TEST_P(BtrfsContract, SnapshotSaysWhyNot) {
  PutSubvolume("/a");
  PutDirectory("/d");
  PutFile("/f", "x");
  PutDirectory("/mounted");
  Mount("/mounted");
  const auto to = [this](std::string_view from, std::string_view path) {
    return btrfs().Snapshot(from, path, Access::kReadWrite);
  };
  EXPECT_THAT(to("/a", "/d"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(to("/a", "/f"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(to("/missing", "/b"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(to("/a", "/missing/b"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(to("/d", "/b"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(to("/f", "/b"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(to("/mounted", "/b"), FailsWith(ErrorKind::kNotSupported));
  EXPECT_THAT(to("/a", "/mounted/b"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(Names("/"), ElementsAre("a", "d", "f", "mounted"));
  EXPECT_THAT(Names("/d"), ElementsAre());
}

TEST_P(BtrfsContract, DeleteTakesASubvolumeWithItsContentAlsoAReadOnlyOne) {
  PutSubvolume("/a");
  PutFile("/a/f", "x");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadOnly), Succeeds());
  EXPECT_THAT(btrfs().Delete("/a"), Succeeds());
  EXPECT_THAT(btrfs().Delete("/b"), Succeeds());
  EXPECT_THAT(Names("/"), ElementsAre());
  EXPECT_THAT(Nested("/"), ElementsAre());
}

TEST_P(BtrfsContract, DeleteSaysWhyNot) {
  PutSubvolume("/a");
  PutSubvolume("/a/nested");
  PutSubvolume("/mounted");
  Mount("/mounted");
  PutDirectory("/d");
  PutFile("/f", "x");
  PutSymlink("/link", "a");
  EXPECT_THAT(btrfs().Delete("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().Delete("/d"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(btrfs().Delete("/f"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(btrfs().Delete("/link"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(btrfs().Delete("/a"), FailsWith(ErrorKind::kNotEmpty));
  EXPECT_THAT(btrfs().Delete("/mounted"), FailsWith(ErrorKind::kBusy));
  EXPECT_THAT(Names("/"), ElementsAre("a", "d", "f", "link", "mounted"));
  EXPECT_THAT(Nested("/"), ElementsAre("a", "a/nested", "mounted"));
}

TEST_P(BtrfsContract, InfoOfAnythingElseIsNothing) {
  PutDirectory("/d");
  PutFile("/f", "x");
  PutSubvolume("/a");
  PutSymlink("/link", "a");
  PutDirectory("/mounted");
  Mount("/mounted");
  for (const char* path : {"/missing", "/missing/below", "/d", "/f", "/link", "/mounted"}) {
    const auto about = btrfs().Info(path);
    ASSERT_THAT(about, Succeeds()) << path;
    EXPECT_FALSE(about->has_value()) << path;
  }
}

TEST_P(BtrfsContract, IdsAreNeverUsedAgainAndTheTopHasNoParent) {
  EXPECT_EQ(About("/").parent_id, 0u);
  PutSubvolume("/a");
  const auto first = About("/a").id;
  ASSERT_THAT(btrfs().Delete("/a"), Succeeds());
  PutSubvolume("/a");
  EXPECT_GT(About("/a").id, first);
}

TEST_P(BtrfsContract, TheGenerationGrowsWithAChange) {
  PutSubvolume("/a");
  ASSERT_THAT(btrfs().Sync("/"), Succeeds());
  const auto before = About("/a").generation;
  ASSERT_THAT(files().Write("/a/f", "x", 0644), Succeeds());
  ASSERT_THAT(btrfs().Sync("/a/f"), Succeeds());
  EXPECT_GT(About("/a").generation, before);
}

TEST_P(BtrfsContract, ListGivesAllNestedAtAnyDepthSortedByPath) {
  PutSubvolume("/x");
  PutDirectory("/x/dir");
  PutSubvolume("/x/s1");
  PutSubvolume("/x/dir/s0");
  PutSubvolume("/x/s1/below");
  PutSubvolume("/elsewhere");
  EXPECT_THAT(Nested("/x"), ElementsAre("dir/s0", "s1", "s1/below"));
  EXPECT_THAT(Nested("/"), ElementsAre("elsewhere", "x", "x/dir/s0", "x/s1", "x/s1/below"));
  EXPECT_EQ((*btrfs().List("/x"))[1].id, About("/x/s1").id);
}

TEST_P(BtrfsContract, WhatIsNoSubvolumeCannotBeListedNorSet) {
  PutDirectory("/d");
  PutFile("/f", "x");
  PutDirectory("/mounted");
  Mount("/mounted");
  EXPECT_THAT(btrfs().List("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().List("/d"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(btrfs().List("/f"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(btrfs().List("/mounted"), FailsWith(ErrorKind::kNotSupported));
  EXPECT_THAT(btrfs().SetAccess("/missing", Access::kReadOnly), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().SetAccess("/d", Access::kReadOnly), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Write("/d/f", "still writable", 0644), Succeeds());
}

TEST_P(BtrfsContract, SetAccessGoesBothWays) {
  PutSubvolume("/a");
  ASSERT_THAT(btrfs().SetAccess("/a", Access::kReadOnly), Succeeds());
  EXPECT_TRUE(About("/a").read_only);
  EXPECT_THAT(files().Write("/a/f", "x", 0644), FailsWith(ErrorKind::kReadOnly));
  ASSERT_THAT(btrfs().SetAccess("/a", Access::kReadWrite), Succeeds());
  EXPECT_FALSE(About("/a").read_only);
  EXPECT_THAT(files().Write("/a/f", "x", 0644), Succeeds());
}

TEST_P(BtrfsContract, WhatWasSyncedSurvivesAPowerCut) {
  PutSubvolume("/a");
  PutFile("/a/f", "text");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadOnly), Succeeds());
  ASSERT_THAT(btrfs().Sync("/"), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->files().Read("/b/f", 99), "text");
  const auto about = (*after)->btrfs().Info("/b");
  ASSERT_THAT(about, Succeeds());
  EXPECT_TRUE(about->has_value() && (*about)->read_only);
}

TEST_P(BtrfsContract, SyncAndUsageSayWhereThereIsNoBtrfs) {
  PutDirectory("/mounted");
  Mount("/mounted");
  EXPECT_THAT(btrfs().Sync("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().Sync("/mounted"), FailsWith(ErrorKind::kNotSupported));
  EXPECT_THAT(btrfs().Usage("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(btrfs().Usage("/mounted"), FailsWith(ErrorKind::kNotSupported));
}

TEST_P(BtrfsContract, UsageGrowsWithContent) {
  const auto before = btrfs().Usage("/");
  ASSERT_THAT(before, Succeeds());
  EXPECT_GT(before->metadata_total, before->metadata_used);
  ASSERT_THAT(files().Write("/f", std::string(8 << 20, 'x'), 0644), Succeeds());
  ASSERT_THAT(btrfs().Sync("/"), Succeeds());
  const auto after = btrfs().Usage("/f");
  ASSERT_THAT(after, Succeeds());
  EXPECT_LE(after->data_total, before->data_total);  // metadata may have taken some
  EXPECT_GE(after->data_used, before->data_used + (8 << 20));
  ASSERT_THAT(world_->FillUp(), Succeeds());
  const auto full = btrfs().Usage("/");
  ASSERT_THAT(full, Succeeds());
  EXPECT_LT(full->data_total - full->data_used, 8u << 20);  // what it keeps for itself
}

TEST_P(BtrfsContract, ASubvolumeDeletedBelowADirectoryThatIsThenRemovedStaysGoneAfterAPowerCut) {
  PutDirectory("/d");
  PutSubvolume("/d/nested");
  ASSERT_THAT(btrfs().Sync("/"), Succeeds());
  ASSERT_THAT(btrfs().Delete("/d/nested"), Succeeds());
  ASSERT_THAT(trees().Remove("/d"), Succeeds());
  ASSERT_THAT(files().SyncDirectory("/"), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->trees().List("/"), std::vector<std::string>{});
  EXPECT_EQ((*after)->btrfs().List("/"), std::vector<os::NestedSubvolume>{});
}

TEST_P(BtrfsContract, ASubvolumeMovedOutOfADirectoryThatIsThenRemovedIsStillThereAfterAPowerCut) {
  PutDirectory("/d");
  PutSubvolume("/d/nested");
  ASSERT_THAT(btrfs().Sync("/"), Succeeds());
  PutDirectory("/fresh");
  ASSERT_THAT(trees().Rename("/d/nested", "/fresh/nested"), Succeeds());
  ASSERT_THAT(trees().Remove("/d"), Succeeds());
  ASSERT_THAT(files().SyncDirectory("/"), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->trees().List("/"), std::vector<std::string>{"fresh"});
  EXPECT_EQ((*after)->trees().List("/fresh"), std::vector<std::string>{"nested"});
}

TEST_P(BtrfsContract, AStubGoesByItselfAndNotWithATree) {
  PutSubvolume("/a");
  PutDirectory("/a/d");
  PutSubvolume("/a/d/nested");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", Access::kReadWrite), Succeeds());
  EXPECT_THAT(trees().RemoveTree("/b/d"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(trees().RemoveTree("/b/d/nested"), FailsWith(ErrorKind::kCrossDevice));
  ASSERT_THAT(trees().Remove("/b/d/nested"), Succeeds());
  EXPECT_THAT(Names("/b/d"), ElementsAre());
}

TEST_P(BtrfsContract, ASubvolumeIsNotExchangedWithSomethingElseInAnotherSubvolume) {
  PutSubvolume("/s0");
  PutSubvolume("/store");
  PutSymlink("/store/root", "../s0");
  EXPECT_THAT(trees().Exchange("/s0", "/store/root"), FailsWith(ErrorKind::kCrossDevice));
  PutSymlink("/link", "store");
  ASSERT_THAT(trees().Exchange("/s0", "/link"), Succeeds()) << "within one subvolume it is";
  EXPECT_EQ(files().ReadSymlink("/s0"), "store");
}

ZPROV_FILE_CONTRACT(BtrfsContract);

}  // namespace
}  // namespace zprov::tests
