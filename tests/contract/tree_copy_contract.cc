// os::Trees: whole trees, copied and compared. Holes and reflinks: tests/kernel/files.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::Difference;
using os::FileType;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Difference::Kind;

constexpr int64_t kEarly = 1'000'000'000'000'000'001;
constexpr int64_t kLate = 1'200'000'000'000'000'002;

class TreeCopyContract : public FileContract {
 protected:
  void SetUp() override {
    FileContract::SetUp();
    if (world_ == nullptr) return;
    PutDirectory("/from");
    PutDirectory("/to");
  }

  // Everything a home directory may hold: seven entries and the top.
  void PutEverything() {
    const std::map<std::string, std::string> some = {{"user.note", "n"}, {"trusted.t", "t"}};
    std::map<std::string, std::string> with_acl = some;
    with_acl["system.posix_acl_access"] = kSomeAcl;
    Put("/from/d", {.type = FileType::kDirectory, .mode = 01770, .uid = 5, .xattrs = some});
    Put("/from/d/f", {.mode = 0674, .uid = 7, .gid = 8, .content = "text", .xattrs = with_acl});
    ASSERT_THAT(world_->Link("/from/d/f", "/from/second"), Succeeds());
    Put("/from/setuid", {.mode = 06755, .uid = 9, .content = "program"});
    Put("/from/link", {.type = FileType::kSymlink, .mode = 0777, .uid = 3, .content = "d/f"});
    Put("/from/fifo", {.type = FileType::kFifo, .mode = 0620, .gid = 4});
    Put("/from/socket", {.type = FileType::kSocket, .mode = 0600});
    Put("/from/null", {.type = FileType::kCharDevice, .mode = 0666});
  }

  os::Comparison Compared() {
    const auto comparison = trees().Compare("/from", "/to");
    EXPECT_THAT(comparison, Succeeds());
    return comparison.value_or(os::Comparison{});
  }

  std::vector<std::pair<Kind, std::string>> Differences() {
    std::vector<std::pair<Kind, std::string>> found;
    for (const Difference& difference : Compared().differences) {
      found.emplace_back(difference.kind, difference.path);
    }
    return found;
  }
};

TEST_P(TreeCopyContract, CopyTakesEverythingAlong) {
  PutEverything();
  const auto report = trees().Copy("/from", "/to");
  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->entries, 8u);
  EXPECT_EQ(report->bytes, std::string("text").size() + std::string("program").size());
  EXPECT_EQ(report->kept_newer, 0u);
  EXPECT_THAT(report->not_entered, ElementsAre());
  for (const char* path :
       {"", "/d", "/d/f", "/second", "/setuid", "/link", "/fifo", "/socket", "/null"}) {
    const auto original = world_->Look(std::string("/from") + path);
    const auto copy = world_->Look(std::string("/to") + path);
    ASSERT_THAT(original, Succeeds()) << path;
    ASSERT_THAT(copy, Succeeds()) << path;
    EXPECT_EQ(*copy, *original) << path;
  }
  EXPECT_EQ((*files().Status("/to/d/f"))->inode, (*files().Status("/to/second"))->inode);
  EXPECT_NE((*files().Status("/to/d/f"))->inode, (*files().Status("/from/d/f"))->inode);
  EXPECT_EQ(Compared().count, 0u);
}

TEST_P(TreeCopyContract, ASecondCopyFindsNothingToDo) {
  PutEverything();
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  const auto before = *files().Status("/to/d/f");
  const auto again = trees().Copy("/from", "/to");
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(*again, os::CopyReport{});
  EXPECT_EQ((*files().Status("/to/d/f"))->inode, before->inode);
}

TEST_P(TreeCopyContract, WhatDiffersIsReplacedButForWhatIsNewer) {
  Put("/from/old", {.modified_ns = kLate, .content = "wanted"});
  Put("/to/old", {.modified_ns = kEarly, .content = "stale"});
  Put("/from/new", {.modified_ns = kEarly, .content = "before"});
  Put("/to/new", {.modified_ns = kLate, .content = "edited since"});
  PutFile("/to/other", "somebody's");
  const auto report = trees().Copy("/from", "/to");
  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->entries, 1u);
  EXPECT_EQ(report->kept_newer, 1u);
  EXPECT_EQ(Content("/to/old"), "wanted");
  EXPECT_EQ(Content("/to/new"), "edited since");
  EXPECT_EQ(Content("/to/other"), "somebody's");
  EXPECT_THAT(Names("/to"), ElementsAre("new", "old", "other"));
}

TEST_P(TreeCopyContract, OnlyAttributesThatDifferAreReasonEnough) {
  Put("/from/f", {.mode = 0600, .uid = 1, .content = "same"});
  Put("/to/f", {.mode = 0644, .uid = 2, .content = "same", .xattrs = {{"user.more", "x"}}});
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  EXPECT_EQ(*world_->Look("/to/f"), *world_->Look("/from/f"));
}

TEST_P(TreeCopyContract, ADirectoryThatIsThereGetsTheAttributesOfTheOriginal) {
  Put("/from/d", {.type = FileType::kDirectory,
                  .mode = 0674,
                  .uid = 1,
                  .gid = 2,
                  .modified_ns = kEarly,
                  .xattrs = {{"system.posix_acl_access", kSomeAcl}}});
  Put("/to/d", {.type = FileType::kDirectory, .mode = 0755, .modified_ns = kLate});
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  EXPECT_EQ(*world_->Look("/to/d"), *world_->Look("/from/d"));
}

TEST_P(TreeCopyContract, ATreeIsNotCopiedIntoItself) {
  PutDirectory("/from/below");
  EXPECT_THAT(trees().Copy("/from", "/from/below"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(Names("/from/below"), ElementsAre());
}

TEST_P(TreeCopyContract, OtherSubvolumesAreNotCompared) {
  PutSubvolume("/from/s");
  PutSubvolume("/to/s");
  PutFile("/from/s/f", "x");
  EXPECT_EQ(Compared().count, 0u);
}

TEST_P(TreeCopyContract, AnotherTypeIsReplacedUnlessItIsAFullDirectory) {
  Put("/from/a", {.modified_ns = kLate, .content = "file"});
  Put("/to/a", {.type = FileType::kDirectory, .modified_ns = kEarly});
  Put("/from/b", {.type = FileType::kDirectory, .modified_ns = kLate});
  Put("/to/b", {.type = FileType::kSymlink, .modified_ns = kEarly, .content = "/from"});
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  EXPECT_EQ(Content("/to/a"), "file");
  EXPECT_EQ((*files().Status("/to/b"))->type, FileType::kDirectory);
  Put("/from/full", {.modified_ns = kLate, .content = "file"});
  PutDirectory("/to/full");
  PutFile("/to/full/precious", "p");
  const auto refused = trees().Copy("/from", "/to");
  EXPECT_THAT(refused, FailsWith(ErrorKind::kNotEmpty));
  EXPECT_THAT(refused.error().message, HasSubstr("full"));
  EXPECT_EQ(Content("/to/full/precious"), "p");
}

TEST_P(TreeCopyContract, CopyDoesNotEnterSubvolumesNorFileSystems) {
  PutSubvolume("/from/sub");
  PutFile("/from/sub/f", "not copied");
  PutDirectory("/from/mounted");
  Mount("/from/mounted");
  PutFile("/from/mounted/f", "not copied");
  const auto report = trees().Copy("/from", "/to");
  ASSERT_THAT(report, Succeeds());
  EXPECT_THAT(report->not_entered, ElementsAre("/from/mounted", "/from/sub"));
  EXPECT_THAT(Names("/to"), ElementsAre("mounted", "sub"));
  EXPECT_THAT(Names("/to/mounted"), ElementsAre());
  EXPECT_THAT(Names("/to/sub"), ElementsAre());
  EXPECT_EQ(btrfs().Info("/to/sub")->has_value(), false);
}

TEST_P(TreeCopyContract, CopyIntoASubvolumeWorksLikeTheHomeMove) {
  PutEverything();
  PutSubvolume("/home");
  ASSERT_THAT(trees().Copy("/from", "/home"), Succeeds());
  EXPECT_EQ(trees().Compare("/from", "/home")->count, 0u);
  EXPECT_EQ(*world_->Look("/home"), *world_->Look("/from"));
}

TEST_P(TreeCopyContract, WithoutSpaceTheCopyStopsAndCanBeRepeated) {
  PutFile("/from/a", "small");
  PutSubvolume("/other");
  PutDirectory("/from/b");
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(trees().Copy("/from", "/to"), FailsWith(ErrorKind::kNoSpace));
  ASSERT_THAT(trees().Remove("/filler"), Succeeds());
  ASSERT_THAT(trees().Sync("/"), Succeeds());
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  EXPECT_EQ(Compared().count, 0u);
  EXPECT_THAT(Names("/to"), ElementsAre("a", "b"));
}

TEST_P(TreeCopyContract, CopyAndCompareSayWhatIsMissing) {
  EXPECT_THAT(trees().Copy("/missing", "/to"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Copy("/from", "/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Compare("/missing", "/to"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().Compare("/from", "/missing"), FailsWith(ErrorKind::kNotFound));
}

TEST_P(TreeCopyContract, CompareNamesEveryDifference) {
  PutEverything();
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  ASSERT_THAT(trees().Remove("/to/fifo"), Succeeds());
  ASSERT_THAT(trees().Remove("/to/link"), Succeeds());
  PutFile("/to/link", "d/f");
  PutDirectory("/to/new");
  ASSERT_THAT(trees().Remove("/to/setuid"), Succeeds());
  Put("/to/setuid", {.mode = 0755, .uid = 9, .content = "program"});
  EXPECT_THAT(Differences(),
              ElementsAre(std::pair(Kind::kMissing, "fifo"), std::pair(Kind::kContent, "link"),
                          std::pair(Kind::kExtra, "new"), std::pair(Kind::kAttributes, "setuid")));
}

TEST_P(TreeCopyContract, CompareReadsEveryByteAndTellsTheTimes) {
  Put("/from/f", {.modified_ns = kEarly, .content = "same size A"});
  Put("/to/f", {.modified_ns = kEarly, .content = "same size B"});
  Put("/from/g", {.modified_ns = kEarly, .content = "g"});
  const auto comparison = Compared();
  ASSERT_EQ(comparison.differences.size(), 2u);
  EXPECT_EQ(comparison.differences[0].kind, Kind::kContent);
  EXPECT_EQ(comparison.differences[0].second_modified_ns, kEarly);
  EXPECT_EQ(comparison.differences[1].kind, Kind::kMissing);
  EXPECT_EQ(comparison.differences[1].first_modified_ns, kEarly);
  EXPECT_GT(comparison.differences[1].first_changed_ns, 0);
  EXPECT_EQ(comparison.differences[1].second_modified_ns, 0);
}

TEST_P(TreeCopyContract, CompareTellsXattrsOwnersAndTimesButNotTimesOfDirectories) {
  Put("/from/d", {.type = FileType::kDirectory, .modified_ns = kEarly});
  Put("/to/d", {.type = FileType::kDirectory, .modified_ns = kLate});
  Put("/from/owner", {.uid = 1});
  Put("/to/owner", {.uid = 2});
  Put("/from/time", {.modified_ns = kEarly});
  Put("/to/time", {.modified_ns = kEarly + 1});
  Put("/from/xattr", {.xattrs = {{"user.note", "a"}}});
  Put("/to/xattr", {.xattrs = {{"user.note", "b"}}});
  EXPECT_THAT(Differences(), ElementsAre(std::pair(Kind::kAttributes, "owner"),
                                         std::pair(Kind::kAttributes, "time"),
                                         std::pair(Kind::kAttributes, "xattr")));
}

TEST_P(TreeCopyContract, CompareTellsNamesThatAreNoLongerOneFile) {
  Put("/from/a", {.content = "same"});
  ASSERT_THAT(world_->Link("/from/a", "/from/b"), Succeeds());
  Put("/to/a", {.content = "same"});
  Put("/to/b", {.content = "same"});
  EXPECT_THAT(Differences(), ElementsAre(std::pair(Kind::kLinks, "b")));
  ASSERT_THAT(trees().Copy("/from", "/to"), Succeeds());
  EXPECT_THAT(Differences(), ElementsAre());
}

TEST_P(TreeCopyContract, CopyFileGivesTheContentAndThatModeAndNothingElse) {
  Put("/from/f", {.mode = 04711,
                  .uid = 7,
                  .gid = 8,
                  .content = std::string(1 << 16, 'c') + "end",
                  .xattrs = {{"user.note", "n"}}});
  PutSubvolume("/to/sub");
  ASSERT_THAT(trees().CopyFile("/from/f", "/to/sub/g", 0644), Succeeds());
  const auto copy = world_->Look("/to/sub/g");
  ASSERT_THAT(copy, Succeeds());
  EXPECT_EQ(copy->content, world_->Look("/from/f")->content);
  EXPECT_EQ(copy->mode, 0644u);
  EXPECT_EQ(copy->uid, 0u);
  EXPECT_EQ(copy->gid, 0u);
  EXPECT_TRUE(copy->xattrs.empty());
  ASSERT_THAT(files().Write("/from/f", "changed", 0644), Succeeds());
  EXPECT_EQ(Content("/to/sub/g").size(), (1u << 16) + 3);
}

TEST_P(TreeCopyContract, CopyFileTakesAFileFromAnotherFileSystem) {
  Mount("/from");
  PutFile("/from/f", "over there");
  ASSERT_THAT(trees().CopyFile("/from/f", "/to/f", 0600), Succeeds());
  EXPECT_EQ(Content("/to/f"), "over there");
  EXPECT_EQ((*files().Status("/to/f"))->mode, 0600u);
}

TEST_P(TreeCopyContract, CopyFileSaysWhyNotAndLeavesNothing) {
  PutFile("/from/f", std::string(1 << 16, 'f'));
  PutDirectory("/from/d");
  PutSymlink("/from/link", "f");
  Put("/from/fifo", {.type = FileType::kFifo});
  PutFile("/to/there", "precious");
  PutSymlink("/to/link", "new");
  EXPECT_THAT(trees().CopyFile("/from/missing", "/to/new", 0644), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().CopyFile("/from/f", "/to/no/new", 0644), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(trees().CopyFile("/from/d", "/to/new", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(trees().CopyFile("/from/link", "/to/new", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(trees().CopyFile("/from/fifo", "/to/new", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(trees().CopyFile("/from/f", "/to/there", 0644), FailsWith(ErrorKind::kExists));
  EXPECT_THAT(trees().CopyFile("/from/f", "/to/link", 0644), FailsWith(ErrorKind::kExists));
  EXPECT_EQ(Content("/to/there"), "precious");
  EXPECT_THAT(Names("/to"), ElementsAre("link", "there"));
}

TEST_P(TreeCopyContract, WithoutSpaceCopyFileLeavesNothing) {
  Mount("/from");
  PutFile("/from/f", std::string(1 << 16, 'f'));
  ASSERT_THAT(world_->FillUp(), Succeeds());
  EXPECT_THAT(trees().CopyFile("/from/f", "/to/f", 0644), FailsWith(ErrorKind::kNoSpace));
  EXPECT_THAT(Names("/to"), ElementsAre());
}

TEST_P(TreeCopyContract, ACopiedFileSurvivesAPowerCutAfterOneSync) {
  PutFile("/from/f", "text");
  ASSERT_THAT(trees().CopyFile("/from/f", "/to/kept", 0644), Succeeds());
  ASSERT_THAT(trees().Sync("/to"), Succeeds());
  ASSERT_THAT(trees().CopyFile("/from/f", "/to/lost", 0644), Succeeds());
  auto after = world_->AfterPowerCut();
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ((*after)->files().Read("/to/kept", 9), "text");
  EXPECT_FALSE((*after)->files().Status("/to/lost")->has_value());
}

ZPROV_FILE_CONTRACT(TreeCopyContract);

}  // namespace
}  // namespace zprov::tests
