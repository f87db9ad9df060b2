// os::Roots.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::Access;
using testing::ElementsAre;

class RootsContract : public FileContract {
 protected:
  std::unique_ptr<os::InsideRoot> Open(std::string_view path) {
    auto opened = roots().Open(path);
    EXPECT_THAT(opened, Succeeds());
    return opened ? std::move(*opened) : nullptr;
  }

  std::string Hash(std::string_view path) {
    const auto hash = roots().ContentHash(path);
    EXPECT_THAT(hash, Succeeds()) << path;
    return hash.value_or("");
  }

  // Two trees that a person would call the same, made in a different order.
  void PutTwins() {
    for (const char* top : {"/a", "/b"}) {
      PutSubvolume(top);
      PutDirectory(std::string(top) + "/d");
    }
    for (const char* file : {"/a/d/one", "/a/two", "/b/two", "/b/d/one"}) PutFile(file, "text");
    for (const char* link : {"/b/link", "/a/link"}) PutSymlink(link, "d/one");
  }
};

TEST_P(RootsContract, AnAbsoluteSymlinkInARootStaysInIt) {
  PutDirectory("/base");
  PutDirectory("/base/run");
  PutDirectory("/run");
  PutFile("/run/resolv.conf", "the host's");
  PutFile("/base/run/resolv.conf", "the node's");
  PutSymlink("/base/resolv.conf", "/run/resolv.conf");
  PutSymlink("/base/up", "../../run/resolv.conf");
  const auto root = Open("/base");
  EXPECT_EQ(root->files().Read("/resolv.conf", 99), "the node's");
  EXPECT_EQ(root->files().Read("/up", 99), "the node's");
  ASSERT_THAT(root->files().Write("/resolv.conf", "new", 0644), Succeeds());
  EXPECT_EQ(Content("/base/run/resolv.conf"), "new");
  EXPECT_EQ(Content("/run/resolv.conf"), "the host's");
}

TEST_P(RootsContract, ARootHasTreesOfItsOwn) {
  PutDirectory("/base");
  PutDirectory("/base/etc");
  PutSymlink("/base/to-etc", "/etc");
  const auto root = Open("/base");
  ASSERT_THAT(root->trees().MakeDirectory("/to-etc/ssh", 0700), Succeeds());
  EXPECT_TRUE(IsThere("/base/etc/ssh"));
  EXPECT_EQ(root->trees().List("/"), (std::vector<std::string>{"etc", "to-etc"}));
  EXPECT_EQ(root->files().Resolve("/to-etc/ssh"), "/etc/ssh");
  ASSERT_THAT(root->trees().Sync("/"), Succeeds());
}

TEST_P(RootsContract, ARootStaysTheSameDirectoryWhenItsNameChanges) {
  PutDirectory("/base");
  const auto root = Open("/base");
  ASSERT_THAT(trees().Rename("/base", "/moved"), Succeeds());
  PutDirectory("/base");
  ASSERT_THAT(root->files().Write("/f", "x", 0644), Succeeds());
  EXPECT_EQ(Content("/moved/f"), "x");
  EXPECT_THAT(Names("/base"), ElementsAre());
}

TEST_P(RootsContract, OnlyADirectoryIsARoot) {
  PutFile("/f", "x");
  PutDirectory("/d");
  PutSymlink("/to-d", "/d");
  EXPECT_THAT(roots().Open("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(roots().Open("/f"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(roots().Open("/to-d"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(roots().Open("d"), FailsWith(ErrorKind::kInvalid));
}

TEST_P(RootsContract, EveryStubIsFoundAtAnyDepth) {
  PutSubvolume("/source");
  PutDirectory("/source/x");
  PutDirectory("/source/x/deep");
  for (const char* nested : {"/source/x/scratch", "/source/home", "/source/x/deep/s0"})
    PutSubvolume(nested);
  PutFile("/source/home/f", "in the nested one");
  ASSERT_THAT(btrfs().Snapshot("/source", "/base", Access::kReadWrite), Succeeds());
  EXPECT_EQ(roots().Stubs("/base"), (std::vector<std::string>{"home", "x/deep/s0", "x/scratch"}));
  EXPECT_EQ(roots().Stubs("/base/x"), (std::vector<std::string>{"deep/s0", "scratch"}));
  EXPECT_EQ(roots().Stubs("/source"), std::vector<std::string>{}) << "subvolumes are no stubs";
}

TEST_P(RootsContract, NeitherMountsNorOtherSubvolumesAreSearchedForStubs) {
  PutSubvolume("/source");
  PutSubvolume("/source/nested");
  PutDirectory("/top");
  ASSERT_THAT(btrfs().Snapshot("/source", "/top/base", Access::kReadWrite), Succeeds());
  PutDirectory("/top/mounted");
  Mount("/top/mounted");
  PutDirectory("/top/mounted/d");  // the first inode of a tmpfs after its root is number 2
  EXPECT_EQ(roots().Stubs("/top"), std::vector<std::string>{});
  EXPECT_EQ(roots().Stubs("/top/mounted"), std::vector<std::string>{});
}

TEST_P(RootsContract, StubsAreLookedForWhereADirectoryIs) {
  PutFile("/f", "x");
  EXPECT_THAT(roots().Stubs("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(roots().Stubs("/f"), FailsWith(ErrorKind::kNotDirectory));
}

TEST_P(RootsContract, ADirectoryInAStubsPlaceGetsTheAttributesOfTheSubvolume) {
  PutSubvolume("/source");
  ASSERT_THAT(btrfs().Create("/source/scratch", 01777), Succeeds());
  Put("/wanted", {.type = os::FileType::kDirectory,
                  .mode = 01777,
                  .uid = 1000,
                  .gid = 7,
                  .xattrs = {{"system.posix_acl_default", kSomeAcl}, {"user.why", "because"}}});
  ASSERT_THAT(roots().CopyAttributes("/wanted", "/source/scratch"), Succeeds());
  ASSERT_THAT(btrfs().Snapshot("/source", "/base", Access::kReadWrite), Succeeds());
  ASSERT_THAT(trees().Remove("/base/scratch"), Succeeds());
  ASSERT_THAT(trees().MakeDirectory("/base/scratch", 0755), Succeeds());
  ASSERT_THAT(roots().CopyAttributes("/source/scratch", "/base/scratch"), Succeeds());
  const auto made = world_->Look("/base/scratch");
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->mode, 01777u);
  EXPECT_EQ(made->uid, 1000u);
  EXPECT_EQ(made->gid, 7u);
  EXPECT_EQ(made->xattrs, (std::map<std::string, std::string>{
                              {"system.posix_acl_default", kSomeAcl}, {"user.why", "because"}}));
  ASSERT_THAT(files().Write("/base/scratch/f", "it takes files again", 0644), Succeeds());
}

TEST_P(RootsContract, AttributesThatTheOtherDirectoryLacksGo) {
  Put("/from", {.type = os::FileType::kDirectory, .mode = 0700});
  Put("/to", {.type = os::FileType::kDirectory,
              .mode = 0777,
              .xattrs = {{"user.old", "x"}, {"system.posix_acl_default", kSomeAcl}}});
  ASSERT_THAT(roots().CopyAttributes("/from", "/to"), Succeeds());
  EXPECT_THAT(world_->Look("/to")->xattrs, testing::IsEmpty());
  EXPECT_EQ(world_->Look("/to")->mode, 0700u);
}

TEST_P(RootsContract, AttributesNeedTwoDirectories) {
  PutDirectory("/d");
  PutFile("/f", "x");
  EXPECT_THAT(roots().CopyAttributes("/missing", "/d"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(roots().CopyAttributes("/d", "/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(roots().CopyAttributes("/d", "/f"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(roots().CopyAttributes("/f", "/d"), FailsWith(ErrorKind::kNotDirectory));
}

TEST_P(RootsContract, AttributesOfAReadOnlySubvolumeStay) {
  Put("/from", {.type = os::FileType::kDirectory, .mode = 0700});
  PutSubvolume("/ro");
  ASSERT_THAT(btrfs().SetAccess("/ro", Access::kReadOnly), Succeeds());
  EXPECT_THAT(roots().CopyAttributes("/from", "/ro"), FailsWith(ErrorKind::kReadOnly));
  EXPECT_EQ((*files().Status("/ro"))->mode, 0755u);
}

TEST_P(RootsContract, TheSameContentHasTheSameHash) {
  PutTwins();
  EXPECT_EQ(Hash("/a"), Hash("/b"));
  EXPECT_EQ(Hash("/a").size(), 32u);
  EXPECT_EQ(Hash("/a").find_first_not_of("0123456789abcdef"), std::string::npos);
  ASSERT_THAT(btrfs().Snapshot("/a", "/c", Access::kReadOnly), Succeeds());
  EXPECT_EQ(Hash("/c"), Hash("/a"));
}

TEST_P(RootsContract, TimesAndHardLinksAreNoContent) {
  PutTwins();
  const std::string before = Hash("/a");
  ASSERT_THAT(files().Write("/a/two", "text", 0644), Succeeds());  // another inode and time
  EXPECT_EQ(Hash("/a"), before);
  ASSERT_THAT(trees().Remove("/a/two"), Succeeds());
  ASSERT_THAT(world_->Link("/a/d/one", "/a/two"), Succeeds());
  EXPECT_EQ(Hash("/a"), before);
}

TEST_P(RootsContract, EveryKindOfChangeGivesAnotherHash) {
  PutTwins();
  std::vector<std::string> seen = {Hash("/a")};
  const auto expect_another = [&](std::string_view what) {
    const std::string hash = Hash("/a");
    EXPECT_THAT(seen, testing::Not(testing::Contains(hash))) << what;
    seen.push_back(hash);
  };
  ASSERT_THAT(files().Write("/a/two", "texT", 0644), Succeeds());
  expect_another("bytes");
  ASSERT_THAT(files().ReplaceSymlink("/a/link", "d/two"), Succeeds());
  expect_another("a symlink's text");
  ASSERT_THAT(trees().Rename("/a/two", "/a/three"), Succeeds());
  expect_another("a name");
  ASSERT_THAT(trees().MakeDirectory("/a/empty", 0755), Succeeds());
  expect_another("an empty directory");
  ASSERT_THAT(roots().CopyAttributes("/", "/a/d"), Succeeds());
  Put("/attributes", {.type = os::FileType::kDirectory, .mode = 0700, .uid = 5});
  ASSERT_THAT(roots().CopyAttributes("/attributes", "/a/d"), Succeeds());
  expect_another("owner and mode");
  ASSERT_THAT(roots().CopyAttributes("/attributes", "/a"), Succeeds());
  expect_another("the attributes of the tree's own directory");
  Put("/a/x", {.xattrs = {{"user.a", "1"}}});
  expect_another("a file with an xattr");
  ASSERT_THAT(trees().Remove("/a/x"), Succeeds());
  Put("/a/x", {.xattrs = {{"user.a", "2"}}});
  expect_another("an xattr's value");
}

TEST_P(RootsContract, TextThatMovesFromOneFileToTheNextIsAnotherContent) {
  for (const char* top : {"/a", "/b"}) PutDirectory(top);
  PutFile("/a/1", "ab");
  PutFile("/a/2", "c");
  PutFile("/b/1", "a");
  PutFile("/b/2", "bc");
  EXPECT_NE(Hash("/a"), Hash("/b"));
}

TEST_P(RootsContract, WhatIsInOtherSubvolumesAndFileSystemsIsNotHashed) {
  PutDirectory("/a");
  PutDirectory("/a/mounted");
  PutSubvolume("/a/nested");
  Mount("/a/mounted");
  const std::string before = Hash("/a");
  PutFile("/a/mounted/f", "x");
  PutFile("/a/nested/f", "x");
  EXPECT_EQ(Hash("/a"), before);
}

TEST_P(RootsContract, OnlyADirectoryHasAHash) {
  PutFile("/f", "x");
  EXPECT_THAT(roots().ContentHash("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(roots().ContentHash("/f"), FailsWith(ErrorKind::kNotDirectory));
}

class ChangesContract : public RootsContract {
 protected:
  // A moment after everything so far, on the clock that stamps files.
  int64_t Now() {
    const auto before = files().Write("/stamp", "", 0644);
    EXPECT_THAT(before, Succeeds());
    const int64_t then = (*files().Status("/stamp"))->changed_ns;
    // File times tick: wait until a new file is later.
    for (;;) {
      (void)world_->events().Next(world_->clock().Now() + std::chrono::milliseconds(2));
      EXPECT_THAT(files().Write("/stamp", "", 0644), Succeeds());
      if ((*files().Status("/stamp"))->changed_ns > then) return then;
    }
  }

  os::Changes Since(int64_t moment, std::vector<std::string> without = {}, uint64_t most = 10) {
    const auto changes = roots().ChangedSince("/a", {moment, most, std::move(without)});
    EXPECT_THAT(changes, Succeeds());
    return changes.value_or(os::Changes{});
  }
};

TEST_P(ChangesContract, WhatWasWrittenAfterAMomentIsCountedWithItsLargest) {
  PutTwins();
  const int64_t moment = Now();
  EXPECT_EQ(Since(moment), os::Changes{});
  ASSERT_THAT(files().Write("/a/d/small", "12", 0644), Succeeds());
  ASSERT_THAT(files().Write("/a/two", "12345", 0644), Succeeds());
  ASSERT_THAT(files().ReplaceSymlink("/a/link", "d/small"), Succeeds());
  const os::Changes expected = {3, 7, {{"two", 5}, {"d/small", 2}, {"link", 0}}};
  EXPECT_EQ(Since(moment), expected);
  EXPECT_EQ(Since(moment, {}, 1), (os::Changes{3, 7, {{"two", 5}}}));
}

TEST_P(ChangesContract, ANewNameIsAChangeAndAnOldModificationTimeDoesNotHideIt) {
  PutTwins();
  const int64_t moment = Now();
  ASSERT_THAT(trees().Rename("/a/two", "/a/three"), Succeeds());
  PutFile("/a/restored", "from long ago");  // with a modification time of 2001
  EXPECT_EQ(Since(moment), (os::Changes{2, 17, {{"restored", 13}, {"three", 4}}}));
}

TEST_P(ChangesContract, TreesThatWereNamedAreLeftOut) {
  PutDirectory("/a");
  PutDirectory("/a/var");
  PutDirectory("/a/var/app");
  const int64_t moment = Now();
  PutFile("/a/var/app/data", "1");
  PutFile("/a/var/apple", "12");
  EXPECT_EQ(Since(moment, {"var/app"}), (os::Changes{1, 2, {{"var/apple", 2}}}));
}

TEST_P(ChangesContract, OtherSubvolumesAndFileSystemsAreNotEntered) {
  PutDirectory("/a");
  PutDirectory("/a/mounted");
  PutSubvolume("/a/nested");
  Mount("/a/mounted");
  const int64_t moment = Now();
  PutFile("/a/mounted/f", "x");
  PutFile("/a/nested/f", "x");
  EXPECT_EQ(Since(moment), os::Changes{});
}

TEST_P(ChangesContract, ASnapshotsOwnFilesAreUnchanged) {
  PutTwins();
  const int64_t moment = Now();
  ASSERT_THAT(btrfs().Snapshot("/a", "/s", Access::kReadWrite), Succeeds());
  EXPECT_EQ(roots().ChangedSince("/s", {moment, 10, {}}), os::Changes{});
  EXPECT_THAT(roots().ChangedSince("/missing", {}), FailsWith(ErrorKind::kNotFound));
}

ZPROV_FILE_CONTRACT(RootsContract);
ZPROV_FILE_CONTRACT(ChangesContract);

}  // namespace
}  // namespace zprov::tests
