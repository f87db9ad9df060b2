// A world below DIR: nothing outside of DIR is read or changed, whatever symlinks DIR holds. And
// what a killed process leaves of a lock. No root needed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "adapters/fd.h"
#include "adapters/host_filesystem.h"

namespace zprov::adapters {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

void Put(const fs::path& path, std::string_view content) { std::ofstream(path) << content; }

// Every path below `top` with its content or target.
std::map<std::string, std::string> Everything(const fs::path& top) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    std::string content = "directory";
    if (entry.is_symlink()) content = fs::read_symlink(entry.path());
    if (!entry.is_symlink() && entry.is_regular_file()) {
      std::ifstream file(entry.path());
      content.assign(std::istreambuf_iterator<char>(file), {});
    }
    all[entry.path()] = content;
  }
  return all;
}

class Confinement : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "confinement-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    top_ = pattern;
    fs::create_directories(top_ / "outside/etc");
    fs::create_directories(top_ / "dir/sub");
    Put(top_ / "outside/etc/hosts", "the host's own");
    // Four ways out: absolute, relative, through "..", and a last component that is a link.
    fs::create_symlink(top_ / "outside/etc", top_ / "dir/absolute");
    fs::create_symlink("../outside/etc", top_ / "dir/relative");
    fs::create_symlink("../../../../../../../.." + (top_ / "outside/etc").string(),
                       top_ / "dir/sub/up");
    fs::create_symlink(top_ / "outside/etc/hosts", top_ / "dir/hosts");
    auto host = OpenHostFilesystem(top_ / "dir");
    ASSERT_TRUE(host.has_value());
    host_ = std::move(*host);
    outside_ = Everything(top_ / "outside");
  }

  void TearDown() override {
    EXPECT_EQ(Everything(top_ / "outside"), outside_);
    fs::permissions(top_ / "dir", fs::perms::owner_all);
    fs::remove_all(top_);
  }

  fs::path top_;
  HostFilesystem host_;
  std::map<std::string, std::string> outside_;
};

TEST_F(Confinement, NoSymlinkIsReadOutsideOfTheRoot) {
  for (const char* path : {"/absolute/hosts", "/relative/hosts", "/sub/up/hosts", "/hosts"}) {
    EXPECT_EQ(host_.files->Read(path, 99).error().kind, ErrorKind::kNotFound) << path;
    EXPECT_EQ(host_.files->Resolve(path).error().kind, ErrorKind::kNotFound) << path;
  }
  EXPECT_EQ(host_.files->ReadConfined("/", "hosts").error().kind, ErrorKind::kEscapes);
  EXPECT_EQ(host_.files->ReadConfined("/", "../outside/etc/hosts").error().kind,
            ErrorKind::kEscapes);
  EXPECT_EQ(host_.trees->List("/absolute").error().kind, ErrorKind::kNotDirectory);
}

TEST_F(Confinement, NoVerbChangesAnythingOutsideOfTheRoot) {
  for (const std::string way : {"/absolute", "/relative", "/sub/up"}) {
    const std::string hosts = way + "/hosts";
    EXPECT_FALSE(host_.files->Write(hosts, "changed", 0644).has_value()) << way;
    EXPECT_FALSE(host_.files->Write(way + "/new", "made", 0644).has_value()) << way;
    EXPECT_FALSE(host_.files->ReplaceSymlink(way + "/link", "x").has_value()) << way;
    EXPECT_FALSE(host_.trees->MakeDirectory(way + "/d", 0755).has_value()) << way;
    EXPECT_FALSE(host_.trees->Remove(hosts).has_value()) << way;
    EXPECT_FALSE(host_.trees->RemoveTree(way).has_value()) << way;
    EXPECT_FALSE(host_.trees->Rename(hosts, "/stolen").has_value()) << way;
    EXPECT_FALSE(host_.trees->Exchange(hosts, "/sub").has_value()) << way;
    EXPECT_FALSE(host_.trees->Copy("/sub", way).has_value()) << way;
    EXPECT_FALSE(host_.locks->TryLock(way + "/lock", "me").has_value()) << way;
    EXPECT_FALSE(host_.btrfs->Create(way + "/s", 0755).has_value()) << way;
    EXPECT_FALSE(host_.btrfs->Delete(way).has_value()) << way;
  }
}

TEST_F(Confinement, AnAbsoluteSymlinkMeansAPlaceBelowTheRoot) {
  fs::create_directories(top_ / "dir" / top_.relative_path() / "outside/etc");
  ASSERT_TRUE(host_.files->Write("/hosts", "inside", 0644).has_value());
  EXPECT_EQ(host_.files->Read((top_ / "outside/etc/hosts").string(), 99), "inside");
  EXPECT_EQ(host_.files->Resolve("/hosts"), (top_ / "outside/etc/hosts").string());
  EXPECT_TRUE(fs::is_symlink(top_ / "dir/hosts"));
}

TEST_F(Confinement, RemoveTreeAndCopyFollowNoSymlinkOnTheirWay) {
  fs::create_directory(top_ / "dir/copy");
  fs::create_symlink(top_ / "outside/etc", top_ / "dir/copy/up");
  // Older than the one it is replaced by: a newer one would be kept.
  const timespec long_ago[2] = {{0, 0}, {0, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (top_ / "dir/copy/up").c_str(), long_ago, AT_SYMLINK_NOFOLLOW),
            0);
  ASSERT_TRUE(host_.trees->Copy("/sub", "/copy").has_value());
  EXPECT_EQ(fs::read_symlink(top_ / "dir/copy/up"), fs::read_symlink(top_ / "dir/sub/up"));
  ASSERT_TRUE(host_.trees->RemoveTree("/sub").has_value());
  EXPECT_FALSE(fs::exists(top_ / "dir/sub"));
}

TEST_F(Confinement, AUserWithoutTheRightIsToldSo) {
  fs::permissions(top_, fs::perms::owner_all | fs::perms::others_exec);
  fs::permissions(top_ / "dir", fs::perms::owner_read | fs::perms::owner_exec |
                                    fs::perms::others_read | fs::perms::others_exec);
  const uid_t before = ::geteuid();
  if (before == 0) {
    ASSERT_EQ(::seteuid(65534), 0);  // nobody
  }
  const auto write = host_.files->Write("/new", "x", 0644);
  const auto make = host_.trees->MakeDirectory("/d", 0755);
  const auto remove = host_.trees->Remove("/hosts");
  const auto lock = host_.locks->TryLock("/lock", "me");
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(write.error().kind, ErrorKind::kPermission);
  EXPECT_EQ(make.error().kind, ErrorKind::kPermission);
  EXPECT_EQ(remove.error().kind, ErrorKind::kPermission);
  EXPECT_EQ(lock.error().kind, ErrorKind::kPermission);
  EXPECT_THAT(*host_.trees->List("/"), ElementsAre("absolute", "hosts", "relative", "sub"));
}

TEST_F(Confinement, ALockEndsWithItsKilledProcess) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  const Fd reading(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = host_.locks->TryLock("/lock", "the child");
    (void)!::write(ends[1], lock ? "y" : "n", 1);
    for (;;) ::pause();
  }
  const Fd writing(ends[1]);
  char answer = 0;
  ASSERT_EQ(::read(reading.number(), &answer, 1), 1);
  const auto rival = host_.locks->TryLock("/lock", "the parent");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(answer, 'y');
  ASSERT_FALSE(rival.has_value());
  EXPECT_EQ(rival.error().kind, ErrorKind::kBusy);
  EXPECT_EQ(rival.error().message, "the child");
  EXPECT_TRUE(host_.locks->TryLock("/lock", "the parent").has_value());
}

}  // namespace
}  // namespace zprov::adapters
