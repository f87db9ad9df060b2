// os::Files: looking, reading, resolving.
#include <fmt/format.h>

#include "contract/file_world.h"

namespace zprov::tests {
namespace {

using os::FileType;

class FilesReadContract : public FileContract {};

TEST_P(FilesReadContract, StatusTellsTypeModeOwnerSizeAndTimes) {
  Put("/f", {.mode = 04751, .uid = 12, .gid = 34, .modified_ns = 77, .content = "four"});
  ASSERT_THAT(world_->Link("/f", "/g"), Succeeds());
  const auto status = files().Status("/f");
  ASSERT_THAT(status, Succeeds());
  ASSERT_TRUE(status->has_value());
  EXPECT_EQ((*status)->type, FileType::kRegular);
  EXPECT_EQ((*status)->mode, 04751u);
  EXPECT_EQ((*status)->uid, 12u);
  EXPECT_EQ((*status)->gid, 34u);
  EXPECT_EQ((*status)->size, 4u);
  EXPECT_EQ((*status)->hard_links, 2u);
  EXPECT_EQ((*status)->modified_ns, 77);
  EXPECT_EQ(**status, **files().Status("/g"));
}

TEST_P(FilesReadContract, StatusTellsEveryTypeAndFollowsNoLastSymlink) {
  for (const FileType type : {FileType::kRegular, FileType::kDirectory, FileType::kFifo,
                              FileType::kSocket, FileType::kCharDevice}) {
    Put("/thing", {.type = type});
    EXPECT_EQ((*files().Status("/thing"))->type, type);
    ASSERT_THAT(trees().Remove("/thing"), Succeeds());
  }
  PutSymlink("/link", "/nowhere");
  EXPECT_EQ((*files().Status("/link"))->type, FileType::kSymlink);
}

TEST_P(FilesReadContract, StatusOfWhatIsNotThereIsNothing) {
  PutSymlink("/dangling", "nowhere");
  EXPECT_FALSE(IsThere("/missing"));
  EXPECT_FALSE(IsThere("/missing/below"));
  EXPECT_FALSE(IsThere("/dangling/below"));
}

TEST_P(FilesReadContract, StatusTellsSubvolumesAndMountsApart) {
  PutSubvolume("/sub");
  PutDirectory("/dir");
  const auto root = *files().Status("/");
  const auto sub = *files().Status("/sub");
  EXPECT_EQ(root->inode, 256u);
  EXPECT_EQ(sub->inode, 256u);
  EXPECT_NE(sub->filesystem, root->filesystem);
  EXPECT_EQ((*files().Status("/dir"))->filesystem, root->filesystem);
  Mount("/dir");
  EXPECT_NE((*files().Status("/dir"))->filesystem, root->filesystem);
}

TEST_P(FilesReadContract, PathsThatAreNotNormalAreInvalid) {
  PutDirectory("/d");
  for (const char* path : {"", "d", "/d/", "//d", "/d/../d", "/./d"}) {
    EXPECT_THAT(files().Status(path), FailsWith(ErrorKind::kInvalid)) << path;
    EXPECT_THAT(files().Read(path, 1), FailsWith(ErrorKind::kInvalid)) << path;
    EXPECT_THAT(files().Write(path, "x", 0644), FailsWith(ErrorKind::kInvalid)) << path;
    EXPECT_THAT(files().Resolve(path), FailsWith(ErrorKind::kInvalid)) << path;
    EXPECT_THAT(files().SyncDirectory(path), FailsWith(ErrorKind::kInvalid)) << path;
  }
}

TEST_P(FilesReadContract, AComponentThatIsNoDirectoryIsSaidSo) {
  PutFile("/f", "x");
  EXPECT_THAT(files().Status("/f/below"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().Read("/f/below", 1), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().Write("/f/below", "x", 0644), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().ReplaceSymlink("/f/below", "x"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().ReadSymlink("/f/below"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().Resolve("/f/below"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().SyncDirectory("/f"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(files().ReadConfined("/f", "x"), FailsWith(ErrorKind::kNotDirectory));
}

TEST_P(FilesReadContract, ALoopOfSymlinksIsInvalid) {
  PutSymlink("/a", "b");
  PutSymlink("/b", "a");
  EXPECT_THAT(files().Status("/a/below"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Read("/a", 1), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Write("/a", "x", 0644), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Resolve("/a"), FailsWith(ErrorKind::kInvalid));
}

// MAXSYMLINKS of the kernel.
TEST_P(FilesReadContract, FortySymlinksInARowAreFollowedAndOneMoreIsALoop) {
  PutFile("/0", "at their end");
  for (int i = 1; i <= 41; ++i) PutSymlink(fmt::format("/{}", i), fmt::format("{}", i - 1));
  EXPECT_EQ(Content("/40"), "at their end");
  EXPECT_THAT(files().Read("/41", 100), FailsWith(ErrorKind::kInvalid));
}

TEST_P(FilesReadContract, ReadFollowsSymlinksAndGivesEveryByte) {
  const std::string odd("a\0b\r\n\xff", 6);
  PutDirectory("/d");
  PutFile("/d/f", odd);
  PutSymlink("/d/link", "f");
  PutSymlink("/way", "/d");
  EXPECT_EQ(files().Read("/way/link", 6), odd);
  PutFile("/empty", "");
  EXPECT_EQ(files().Read("/empty", 0), "");
}

TEST_P(FilesReadContract, ReadSaysWhatIsNoReadableFile) {
  PutDirectory("/d");
  Put("/fifo", {.type = FileType::kFifo});
  Put("/socket", {.type = FileType::kSocket});
  Put("/null", {.type = FileType::kCharDevice});
  PutSymlink("/dangling", "nowhere");
  PutFile("/five", "12345");
  EXPECT_THAT(files().Read("/missing", 1), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Read("/missing/f", 1), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Read("/dangling", 1), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Read("/d", 1), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Read("/", 1), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Read("/fifo", 1), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Read("/socket", 1), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Read("/null", 1), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Read("/five", 4), FailsWith(ErrorKind::kTooLarge));
  EXPECT_EQ(files().Read("/five", 5), "12345");
}

TEST_P(FilesReadContract, ReadConfinedReadsASmallFileBelow) {
  PutDirectory("/root");
  PutDirectory("/root/var");
  PutFile("/root/var/mounted", std::string(4096, 'n'));
  EXPECT_EQ(files().ReadConfined("/root", "var/mounted"), std::string(4096, 'n'));
}

TEST_P(FilesReadContract, ReadConfinedFollowsNoSymlinkAndNoWayOut) {
  PutDirectory("/root");
  PutDirectory("/root/var");
  PutFile("/secret", "s");
  PutFile("/root/inside", "i");
  PutSymlink("/root/link", "/secret");
  PutSymlink("/root/var/up", "..");
  for (const char* name :
       {"link", "../secret", "/secret", "/root/inside", "var/up/inside", "var/../inside"}) {
    EXPECT_THAT(files().ReadConfined("/root", name), FailsWith(ErrorKind::kEscapes)) << name;
  }
}

TEST_P(FilesReadContract, ReadConfinedTakesOnlySmallRegularFiles) {
  PutDirectory("/root");
  Put("/root/fifo", {.type = FileType::kFifo});
  Put("/root/socket", {.type = FileType::kSocket});
  Put("/root/null", {.type = FileType::kCharDevice});
  PutDirectory("/root/d");
  PutFile("/root/big", std::string(4097, 'b'));
  for (const char* name : {"fifo", "socket", "null", "d"}) {
    EXPECT_THAT(files().ReadConfined("/root", name), FailsWith(ErrorKind::kInvalid)) << name;
  }
  EXPECT_THAT(files().ReadConfined("/root", "big"), FailsWith(ErrorKind::kTooLarge));
  EXPECT_THAT(files().ReadConfined("/root", "missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().ReadConfined("/root", "d/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().ReadConfined("/missing", "f"), FailsWith(ErrorKind::kNotFound));
}

TEST_P(FilesReadContract, ReadSymlinkGivesItsText) {
  PutSymlink("/link", "../some/where");
  PutFile("/f", "x");
  EXPECT_EQ(files().ReadSymlink("/link"), "../some/where");
  EXPECT_THAT(files().ReadSymlink("/missing"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().ReadSymlink("/f"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().ReadSymlink("/"), FailsWith(ErrorKind::kInvalid));
}

TEST_P(FilesReadContract, ResolveFollowsEverySymlink) {
  PutDirectory("/x");
  PutDirectory("/x/snaa");
  PutDirectory("/x/snaa/pi");
  PutSymlink("/home", "x/snaa");
  PutSymlink("/x/snaa/me", "/home/pi");
  PutSymlink("/dangling", "nowhere");
  EXPECT_EQ(files().Resolve("/"), "/");
  EXPECT_EQ(files().Resolve("/home"), "/x/snaa");
  EXPECT_EQ(files().Resolve("/home/me"), "/x/snaa/pi");
  EXPECT_THAT(files().Resolve("/dangling"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Resolve("/home/missing"), FailsWith(ErrorKind::kNotFound));
}

TEST_P(FilesReadContract, NothingLeavesTheRoot) {
  PutFile("/top", "inside");
  PutDirectory("/d");
  PutSymlink("/d/up", "../../../../../top");
  PutSymlink("/d/absolute", "/top");
  EXPECT_EQ(Content("/d/up"), "inside");
  EXPECT_EQ(Content("/d/absolute"), "inside");
  EXPECT_EQ(files().Resolve("/d/up"), "/top");
}

TEST_P(FilesReadContract, ReadStartGivesNoMoreThanAskedForAndNoMoreThanThereIs) {
  PutFile("/f", "beginning and end");
  PutSymlink("/to-f", "f");
  EXPECT_EQ(files().ReadStart("/f", 9), "beginning");
  EXPECT_EQ(files().ReadStart("/to-f", 9), "beginning");
  EXPECT_EQ(files().ReadStart("/f", 17), "beginning and end");
  EXPECT_EQ(files().ReadStart("/f", 1 << 20), "beginning and end");
  EXPECT_EQ(files().ReadStart("/f", 0), "");
}

TEST_P(FilesReadContract, ReadStartSaysWhyNot) {
  PutDirectory("/d");
  Put("/fifo", {.type = FileType::kFifo});
  EXPECT_THAT(files().ReadStart("/missing", 9), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().ReadStart("/d", 9), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().ReadStart("/fifo", 9), FailsWith(ErrorKind::kInvalid));
}

TEST_P(FilesReadContract, MapGivesTheWholeContentAlsoOfAFileThatIsGoneByNow) {
  PutFile("/f", "beginning and end");
  PutFile("/empty", "");
  PutSymlink("/to-f", "f");
  const auto mapped = files().Map("/to-f", 17);
  ASSERT_THAT(mapped, Succeeds());
  EXPECT_EQ(mapped->bytes, "beginning and end");
  ASSERT_THAT(files().Map("/empty", 0), Succeeds());
  EXPECT_EQ(files().Map("/empty", 0)->bytes, "");
  ASSERT_THAT(trees().Remove("/f"), Succeeds());
  EXPECT_EQ(mapped->bytes, "beginning and end");
}

TEST_P(FilesReadContract, MapSaysWhyNot) {
  PutFile("/f", "beginning and end");
  PutDirectory("/d");
  Put("/fifo", {.type = FileType::kFifo});
  EXPECT_THAT(files().Map("/missing", 9), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(files().Map("/d", 9), FailsWith(ErrorKind::kIsDirectory));
  EXPECT_THAT(files().Map("/fifo", 9), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(files().Map("/f", 16), FailsWith(ErrorKind::kTooLarge));
}

ZPROV_FILE_CONTRACT(FilesReadContract);

}  // namespace
}  // namespace zprov::tests
