// os::Trees: names and mounts. Whole trees: tree_copy_contract.cc.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::FileType;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TreesContract : public FileContract {};

TEST_P(TreesContract, ListGivesNamesSortedBytewise) {
  for (const char* path : {"/b", "/B", "/.a", "/\xc3\xa9", "/a"}) PutFile(path, "");
  EXPECT_THAT(Names("/"), ElementsAre(".a", "B", "a", "b", "\xc3\xa9"));
}

TEST_P(TreesContract, ListSaysWhatIsNoDirectory) {
  PutFile("/f", "x");
  PutDirectory("/d");
  PutSymlink("/link", "d");
  EXPECT_THAT(trees().List("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().List("/f"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(trees().List("/link"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(trees().List("d"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(Names("/d"), ElementsAre());
}

TEST_P(TreesContract, MakeDirectoryGivesExactlyThatMode) {
  ASSERT_THAT(trees().MakeDirectory("/open", 01777), Succeeds());
  ASSERT_THAT(trees().MakeDirectory("/closed", 0700), Succeeds());
  EXPECT_EQ((*files().Status("/open"))->mode, 01777u);
  EXPECT_EQ((*files().Status("/closed"))->mode, 0700u);
  EXPECT_EQ((*files().Status("/open"))->type, FileType::kDirectory);
}

TEST_P(TreesContract, MakeDirectorySaysWhyNot) {
  PutFile("/f", "x");
  EXPECT_THAT(trees().MakeDirectory("/f", 0755), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(trees().MakeDirectory("/", 0755), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(trees().MakeDirectory("/missing/d", 0755), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().MakeDirectory("/f/d", 0755), FailsWith(ErrorKind::kNotDirectory));
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(trees().MakeDirectory("/d", 0755), FailsWith(ErrorKind::kNoSpace));
  EXPECT_THAT(Names("/"), ElementsAre("f", "filler"));
}

TEST_P(TreesContract, RemoveTakesOneEntryOfAnyTypeAndFollowsNothing) {
  PutDirectory("/keep");
  PutFile("/keep/f", "x");
  PutFile("/file", "x");
  PutSymlink("/link", "keep");
  Put("/fifo", {.type = FileType::kFifo});
  Put("/null", {.type = FileType::kCharDevice});
  PutDirectory("/empty");
  for (const char* path : {"/file", "/link", "/fifo", "/null", "/empty"}) {
    EXPECT_THAT(trees().Remove(path), Succeeds()) << path;
  }
  EXPECT_THAT(Names("/"), ElementsAre("keep"));
  EXPECT_EQ(Content("/keep/f"), "x");
}

TEST_P(TreesContract, RemoveSaysWhyNot) {
  PutDirectory("/full");
  PutFile("/full/f", "x");
  PutDirectory("/mounted");
  Mount("/mounted");
  EXPECT_THAT(trees().Remove("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Remove("/full"), FailsWith(ErrorKind::kNotEmpty));
  EXPECT_THAT(trees().Remove("/mounted"), FailsWith(ErrorKind::kBusy));
  EXPECT_THAT(trees().Remove("/"), FailsWith(ErrorKind::kBusy));
  EXPECT_THAT(Names("/"), ElementsAre("full", "mounted"));
}

TEST_P(TreesContract, ReadOnlySubvolumesKeepTheirNames) {
  PutSubvolume("/ro");
  PutFile("/ro/f", "x");
  PutDirectory("/ro/d");
  ASSERT_THAT(btrfs().SetAccess("/ro", os::Access::kReadOnly), Succeeds());
  EXPECT_THAT(trees().MakeDirectory("/ro/new", 0755), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(trees().Remove("/ro/f"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(trees().RemoveTree("/ro/d"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(trees().Rename("/ro/f", "/ro/g"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(trees().Exchange("/ro/f", "/ro/d"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(Names("/ro"), ElementsAre("d", "f"));
}

TEST_P(TreesContract, AStubTakesNoDirectory) {
  PutSubvolume("/a");
  PutSubvolume("/a/nested");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", os::Access::kReadWrite), Succeeds());
  const auto outcome = trees().MakeDirectory("/b/nested/d", 0755);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().kind, AnyOf(ErrorKind::kPermission, ErrorKind::kReadOnly));
  ASSERT_THAT(trees().Remove("/b/nested"), Succeeds());
  ASSERT_THAT(trees().MakeDirectory("/b/nested", 0755), Succeeds());
  EXPECT_THAT(trees().MakeDirectory("/b/nested/d", 0755), Succeeds());
}

TEST_P(TreesContract, AStubDoesNotMove) {
  PutSubvolume("/a");
  PutSubvolume("/a/nested");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", os::Access::kReadWrite), Succeeds());
  EXPECT_THAT(trees().Rename("/b/nested", "/b/moved"), FailsWith(ErrorKind::kNotEmpty));
  EXPECT_THAT(Names("/b"), ElementsAre("nested"));
}

TEST_P(TreesContract, ANewNameIsAChangeOfItsDirectory) {
  PutDirectory("/d");
  const os::FileStatus before = **files().Status("/d");
  ASSERT_THAT(trees().MakeDirectory("/d/new", 0755), Succeeds());
  EXPECT_GT((*files().Status("/d"))->modified_ns, before.modified_ns);
}

TEST_P(TreesContract, RemoveTreeTakesAllBelowAndFollowsNothing) {
  PutDirectory("/keep");
  PutFile("/keep/f", "x");
  PutDirectory("/t");
  PutDirectory("/t/a");
  PutFile("/t/a/f", "x");
  PutSymlink("/t/a/link", "/keep");
  Put("/t/fifo", {.type = FileType::kFifo});
  EXPECT_THAT(trees().RemoveTree("/t"), Succeeds());
  EXPECT_THAT(Names("/"), ElementsAre("keep"));
  EXPECT_EQ(Content("/keep/f"), "x");
}

TEST_P(TreesContract, RemoveTreeStopsAtOtherSubvolumesAndFileSystems) {
  PutDirectory("/t");
  PutSubvolume("/t/sub");
  PutFile("/t/sub/f", "kept");
  const auto at_subvolume = trees().RemoveTree("/t");
  EXPECT_THAT(at_subvolume, FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(at_subvolume.error().message, HasSubstr("sub"));
  EXPECT_EQ(Content("/t/sub/f"), "kept");
  PutDirectory("/u");
  PutDirectory("/u/mounted");
  Mount("/u/mounted");
  PutFile("/u/mounted/f", "kept");
  EXPECT_THAT(trees().RemoveTree("/u"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(trees().RemoveTree("/u/mounted"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(trees().RemoveTree("/t/sub"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_EQ(Content("/u/mounted/f"), "kept");
  EXPECT_EQ(Content("/t/sub/f"), "kept");
}

TEST_P(TreesContract, RemoveTreeSaysWhatIsNoDirectory) {
  PutFile("/f", "x");
  PutDirectory("/d");
  PutSymlink("/link", "d");
  EXPECT_THAT(trees().RemoveTree("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().RemoveTree("/f"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(trees().RemoveTree("/link"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(Names("/"), ElementsAre("d", "f", "link"));
}

TEST_P(TreesContract, RenameMovesFilesDirectoriesAndSubvolumes) {
  PutDirectory("/to");
  PutFile("/f", "file");
  PutDirectory("/d");
  PutFile("/d/below", "below");
  PutSubvolume("/sub");
  PutFile("/sub/f", "sub");
  const auto id = (*btrfs().Info("/sub"))->id;
  EXPECT_THAT(trees().Rename("/f", "/to/f"), Succeeds());
  EXPECT_THAT(trees().Rename("/d", "/to/d"), Succeeds());
  EXPECT_THAT(trees().Rename("/sub", "/to/sub"), Succeeds());
  EXPECT_THAT(Names("/"), ElementsAre("to"));
  EXPECT_EQ(Content("/to/f"), "file");
  EXPECT_EQ(Content("/to/d/below"), "below");
  EXPECT_EQ(Content("/to/sub/f"), "sub");
  EXPECT_EQ((*btrfs().Info("/to/sub"))->id, id);
}

TEST_P(TreesContract, RenameReplacesNothingAndSaysWhyNot) {
  PutFile("/a", "a");
  PutFile("/b", "b");
  PutDirectory("/d");
  PutDirectory("/mounted");
  Mount("/mounted");
  PutSubvolume("/sub");
  EXPECT_THAT(trees().Rename("/a", "/b"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(trees().Rename("/a", "/d"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(trees().Rename("/missing", "/c"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Rename("/a", "/missing/c"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Rename("/mounted", "/c"), FailsWith(ErrorKind::kBusy));
  EXPECT_THAT(trees().Rename("/a", "/mounted/a"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(trees().Rename("/a", "/sub/a"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_THAT(trees().Rename("/d", "/d/below"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(Names("/"), ElementsAre("a", "b", "d", "mounted", "sub"));
  EXPECT_EQ(Content("/b"), "b");
}

TEST_P(TreesContract, AReadOnlySubvolumeStaysInItsDirectory) {
  PutDirectory("/d");
  PutSubvolume("/sub");
  ASSERT_THAT(btrfs().SetAccess("/sub", os::Access::kReadOnly), Succeeds());
  EXPECT_THAT(trees().Rename("/sub", "/d/sub"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(trees().Rename("/sub", "/renamed"), Succeeds());
  EXPECT_THAT(Names("/"), ElementsAre("d", "renamed"));
}

TEST_P(TreesContract, ExchangeSwapsTwoNames) {
  PutDirectory("/a");
  PutFile("/a/f", "was a");
  PutSubvolume("/b");
  PutFile("/b/f", "was b");
  ASSERT_THAT(trees().Exchange("/a", "/b"), Succeeds());
  EXPECT_EQ(Content("/a/f"), "was b");
  EXPECT_EQ(Content("/b/f"), "was a");
}

TEST_P(TreesContract, ExchangeSaysWhyNot) {
  PutFile("/a", "a");
  PutDirectory("/mounted");
  Mount("/mounted");
  PutFile("/mounted/f", "f");
  EXPECT_THAT(trees().Exchange("/a", "/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Exchange("/missing", "/a"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Exchange("/a", "/mounted"), FailsWith(ErrorKind::kBusy));
  EXPECT_THAT(trees().Exchange("/a", "/mounted/f"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_EQ(Content("/a"), "a");
  EXPECT_EQ(Content("/mounted/f"), "f");
}

TEST_P(TreesContract, WhatWasSyncedSurvivesAPowerCut) {
  PutDirectory("/d");
  PutFile("/d/f", "old place");
  ASSERT_THAT(trees().Rename("/d/f", "/d/g"), Succeeds());
  ASSERT_THAT(trees().Sync("/d/g"), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->files().Read("/d/g", 99), "old place");
  EXPECT_THAT(trees().Sync("/missing"), FailsWith(ErrorKind::kNotFound));
}

TEST_P(TreesContract, FilesystemOfTellsTypeMountPointAndFlags) {
  PutDirectory("/d");
  PutDirectory("/d/mounted");
  PutSymlink("/link", "d/mounted");
  Mount("/d/mounted", {.read_only = true, .nosuid = true, .nodev = true});
  EXPECT_EQ(*trees().FilesystemOf("/d"), (os::Filesystem{"btrfs", "/", false, false, false}));
  EXPECT_EQ(*trees().FilesystemOf("/d/mounted"),
            (os::Filesystem{"tmpfs", "/d/mounted", true, true, true}));
  EXPECT_EQ(trees().FilesystemOf("/link")->type, "btrfs");
  EXPECT_THAT(trees().FilesystemOf("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Write("/d/mounted/f", "x", 0644), FailsWith(ErrorKind::kReadOnly));
}

TEST_P(TreesContract, MountsBelowNamesEachMountStrictlyBelow) {
  PutDirectory("/d");
  PutDirectory("/d/b");
  PutDirectory("/d/a");
  PutDirectory("/dd");
  Mount("/d/b", {.nosuid = true});
  Mount("/d/a");
  Mount("/dd");
  PutFile("/f", "x");
  const auto below = trees().MountsBelow("/d");
  ASSERT_THAT(below, Succeeds());
  EXPECT_THAT(*below, ElementsAre(os::Filesystem{"tmpfs", "/d/a", false, false, false},
                                  os::Filesystem{"tmpfs", "/d/b", false, true, false}));
  EXPECT_THAT(*trees().MountsBelow("/d/a"), ElementsAre());
  EXPECT_EQ(trees().MountsBelow("/")->size(), 3u);
  EXPECT_THAT(trees().MountsBelow("/missing"), FailsWith(ErrorKind::kNotFound));
}

ZPROV_FILE_CONTRACT(TreesContract);

}  // namespace
}  // namespace zprov::tests
