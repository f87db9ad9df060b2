// os::Files: writing, symlinks, and what survives a power cut.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::FileType;
using testing::AnyOf;
using testing::ElementsAre;

class FilesWriteContract : public FileContract {};

TEST_P(FilesWriteContract, WriteMakesANewFileWithExactlyThatMode) {
  ASSERT_THAT(files().Write("/new", "text\n", 0666), Succeeds());
  EXPECT_EQ(Content("/new"), "text\n");
  EXPECT_EQ((*files().Status("/new"))->mode, 0666u);
  EXPECT_THAT(Names("/"), ElementsAre("new"));
}

TEST_P(FilesWriteContract, WriteKeepsOwnerModeAclAndXattrsOfTheOldFile) {
  Entry entry{.mode = 02674, .uid = 7, .gid = 8, .content = "old"};
  entry.xattrs = {
      {"user.note", "kept"}, {"trusted.t", "too"}, {"system.posix_acl_access", kSomeAcl}};
  Put("/f", entry);
  ASSERT_THAT(files().Write("/f", "a longer new text", 0600), Succeeds());
  auto now = world_->Look("/f");
  ASSERT_THAT(now, Succeeds());
  EXPECT_NE(now->modified_ns, entry.modified_ns);
  now->modified_ns = entry.modified_ns;
  entry.content = "a longer new text";
  EXPECT_EQ(*now, entry);
  EXPECT_THAT(Names("/"), ElementsAre("f"));
}

TEST_P(FilesWriteContract, WriteLeavesOtherNamesOfTheOldFileAlone) {
  PutFile("/f", "old");
  ASSERT_THAT(world_->Link("/f", "/other"), Succeeds());
  ASSERT_THAT(files().Write("/f", "new", 0644), Succeeds());
  EXPECT_EQ(Content("/f"), "new");
  EXPECT_EQ(Content("/other"), "old");
}

TEST_P(FilesWriteContract, WriteThroughASymlinkKeepsItAndReplacesItsTarget) {
  PutDirectory("/etc");
  PutDirectory("/real");
  PutFile("/real/hosts", "old");
  PutSymlink("/etc/hosts", "../real/link");
  PutSymlink("/real/link", "hosts");
  ASSERT_THAT(files().Write("/etc/hosts", "new", 0644), Succeeds());
  EXPECT_EQ(files().ReadSymlink("/etc/hosts"), "../real/link");
  EXPECT_EQ(files().ReadSymlink("/real/link"), "hosts");
  EXPECT_EQ(Content("/real/hosts"), "new");
  EXPECT_THAT(Names("/etc"), ElementsAre("hosts"));
  EXPECT_THAT(Names("/real"), ElementsAre("hosts", "link"));
}

TEST_P(FilesWriteContract, WriteThroughADanglingSymlinkMakesItsTarget) {
  PutSymlink("/link", "/target");
  ASSERT_THAT(files().Write("/link", "made", 0640), Succeeds());
  EXPECT_EQ(files().ReadSymlink("/link"), "/target");
  EXPECT_EQ((*files().Status("/target"))->mode, 0640u);
  EXPECT_EQ(Content("/target"), "made");
}

TEST_P(FilesWriteContract, WriteRefusesWhatIsNoFileAndChangesNothing) {
  PutDirectory("/d");
  Put("/fifo", {.type = FileType::kFifo});
  Put("/null", {.type = FileType::kCharDevice});
  PutSymlink("/to-dir", "d");
  PutSymlink("/nowhere", "/missing/f");
  EXPECT_THAT(files().Write("/missing/f", "x", 0644), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Write("/nowhere", "x", 0644), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Write("/d", "x", 0644), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Write("/to-dir", "x", 0644), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Write("/", "x", 0644), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Write("/fifo", "x", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Write("/null", "x", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(Names("/"), ElementsAre("d", "fifo", "nowhere", "null", "to-dir"));
  EXPECT_EQ((*files().Status("/fifo"))->type, FileType::kFifo);
}

TEST_P(FilesWriteContract, WriteWithoutSpaceLeavesTheOldFileAndNothingElse) {
  PutDirectory("/d");
  PutFile("/d/f", "old");
  ASSERT_THAT(world_->FillUp(), Succeeds());
  const std::string large(1 << 20, 'n');
  EXPECT_THAT(files().Write("/d/f", large, 0644), FailsWith(ErrorKind::kNoSpace));
  EXPECT_THAT(files().Write("/d/new", large, 0644), FailsWith(ErrorKind::kNoSpace));
  EXPECT_EQ(Content("/d/f"), "old");
  EXPECT_THAT(Names("/d"), ElementsAre("f"));
}

TEST_P(FilesWriteContract, WriteIntoAReadOnlySubvolumeIsReadOnly) {
  PutSubvolume("/ro");
  PutFile("/ro/f", "old");
  PutSymlink("/ro/link", "f");
  ASSERT_THAT(btrfs().SetAccess("/ro", os::Access::kReadOnly), Succeeds());
  EXPECT_THAT(files().Write("/ro/f", "new", 0644), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(files().Write("/ro/new", "new", 0644), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(files().ReplaceSymlink("/ro/link", "x"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_THAT(files().ReplaceSymlink("/ro/new", "x"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_EQ(Content("/ro/f"), "old");
  EXPECT_EQ(files().ReadSymlink("/ro/link"), "f");
  EXPECT_THAT(Names("/ro"), ElementsAre("f", "link"));
}

TEST_P(FilesWriteContract, WriteIntoAStubIsRefused) {
  PutSubvolume("/a");
  PutSubvolume("/a/nested");
  ASSERT_THAT(btrfs().Snapshot("/a", "/b", os::Access::kReadWrite), Succeeds());
  const auto outcome = files().Write("/b/nested/f", "x", 0644);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().kind, AnyOf(ErrorKind::kPermission, ErrorKind::kReadOnly));
  EXPECT_THAT(Names("/b/nested"), ElementsAre());
}

TEST_P(FilesWriteContract, ReplaceSymlinkMakesAndReplaces) {
  PutDirectory("/d");
  ASSERT_THAT(files().ReplaceSymlink("/link", "d"), Succeeds());
  EXPECT_EQ(files().ReadSymlink("/link"), "d");
  ASSERT_THAT(files().ReplaceSymlink("/link", "../gen/8/s0"), Succeeds());
  EXPECT_EQ(files().ReadSymlink("/link"), "../gen/8/s0");
  EXPECT_THAT(Names("/"), ElementsAre("d", "link"));
}

TEST_P(FilesWriteContract, ASymlinkSaysSomething) {
  EXPECT_THAT(files().ReplaceSymlink("/link", ""), FailsWith(ErrorKind::kInvalid));
  EXPECT_FALSE(IsThere("/link"));
}

TEST_P(FilesWriteContract, ReplaceSymlinkReplacesNothingElse) {
  PutFile("/f", "x");
  PutDirectory("/d");
  EXPECT_THAT(files().ReplaceSymlink("/f", "t"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(files().ReplaceSymlink("/d", "t"), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(files().ReplaceSymlink("/missing/l", "t"), FailsWith(ErrorKind::kNotFound));
  EXPECT_EQ(Content("/f"), "x");
  EXPECT_THAT(Names("/"), ElementsAre("d", "f"));
}

TEST_P(FilesWriteContract, ReplaceSymlinkWithoutSpaceKeepsTheOldOne) {
  PutSymlink("/link", "old");
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(files().ReplaceSymlink("/link", "new"), FailsWith(ErrorKind::kNoSpace));
  EXPECT_EQ(files().ReadSymlink("/link"), "old");
  EXPECT_THAT(Names("/"), ElementsAre("filler", "link"));
}

TEST_P(FilesWriteContract, SyncDirectorySaysWhatIsMissing) {
  EXPECT_THAT(files().SyncDirectory("/"), Succeeds());
  EXPECT_THAT(files().SyncDirectory("/missing"), FailsWith(ErrorKind::kNotFound));
}

TEST_P(FilesWriteContract, WhatWasWrittenAndItsDirectorySyncedSurvivesAPowerCut) {
  PutFile("/f", "old");
  PutSymlink("/link", "old");
  ASSERT_THAT(trees().Sync("/"), Succeeds());
  ASSERT_THAT(files().Write("/f", "new", 0644), Succeeds());
  ASSERT_THAT(files().Write("/fresh", "fresh", 0644), Succeeds());
  ASSERT_THAT(files().ReplaceSymlink("/link", "new"), Succeeds());
  ASSERT_THAT(files().SyncDirectory("/"), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->files().Read("/f", 99), "new");
  EXPECT_EQ((*after)->files().Read("/fresh", 99), "fresh");
  EXPECT_EQ((*after)->files().ReadSymlink("/link"), "new");
}

TEST_P(FilesWriteContract, WhatWasNotSyncedIsTheOldOrTheNewWholeAfterAPowerCut) {
  const std::string old_text(5000, 'o');
  const std::string new_text(9000, 'n');
  PutFile("/f", old_text);
  ASSERT_THAT(trees().Sync("/"), Succeeds());
  ASSERT_THAT(files().Write("/f", new_text, 0644), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  const auto content = (*after)->files().Read("/f", 1 << 20);
  ASSERT_THAT(content, Succeeds());
  EXPECT_TRUE(*content == old_text || *content == new_text) << content->size();
  EXPECT_EQ(Content("/f"), new_text);
}

TEST_P(FilesWriteContract, ADraftIsAFileLikeAnyOther) {
  Put("/f", {.mode = 0640, .uid = 7, .content = "old"});
  PutSymlink("/to-f", "f");
  ASSERT_THAT(files().WriteDraft("/to-f", "new", 0600), Succeeds());
  ASSERT_THAT(files().WriteDraft("/fresh", "fresh", 0600), Succeeds());
  const auto kept = world_->Look("/f");
  ASSERT_THAT(kept, Succeeds());
  EXPECT_EQ(kept->content, "new");
  EXPECT_EQ(kept->mode, 0640u);
  EXPECT_EQ(kept->uid, 7u);
  EXPECT_EQ((*files().Status("/fresh"))->mode, 0600u);
  EXPECT_EQ(Content("/fresh"), "fresh");
  EXPECT_THAT(Names("/"), testing::ElementsAre("f", "fresh", "to-f"));
}

TEST_P(FilesWriteContract, ADraftIsRefusedWhereAWriteIs) {
  PutDirectory("/d");
  PutDirectory("/ro");
  Mount("/ro", {.read_only = true});
  Put("/fifo", {.type = os::FileType::kFifo});
  EXPECT_THAT(files().WriteDraft("/d", "x", 0644), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().WriteDraft("/missing/f", "x", 0644), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().WriteDraft("/fifo", "x", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().WriteDraft("/ro/f", "x", 0644), FailsWith(ErrorKind::kReadOnly));
}

TEST_P(FilesWriteContract, WithoutSpaceADraftLeavesTheOldFile) {
  PutFile("/f", "old");
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(files().WriteDraft("/f", std::string(1 << 16, 'n'), 0644),
              FailsWith(ErrorKind::kNoSpace));
  EXPECT_EQ(Content("/f"), "old");
  EXPECT_THAT(Names("/"), testing::ElementsAre("f", "filler"));
}

TEST_P(FilesWriteContract, ADraftSurvivesAPowerCutAfterOneSyncOfTheTree) {
  PutDirectory("/d");
  ASSERT_THAT(files().WriteDraft("/d/one", "1", 0644), Succeeds());
  ASSERT_THAT(files().WriteDraft("/d/two", "2", 0644), Succeeds());
  ASSERT_THAT(trees().Sync("/d"), Succeeds());
  ASSERT_THAT(files().WriteDraft("/d/three", "3", 0644), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->files().Read("/d/one", 9), "1");
  EXPECT_EQ((*after)->files().Read("/d/two", 9), "2");
  EXPECT_THAT((*after)->files().Read("/d/three", 9), FailsWith(ErrorKind::kNotFound));
}

ZPROV_FILE_CONTRACT(FilesWriteContract);

}  // namespace
}  // namespace zprov::tests
