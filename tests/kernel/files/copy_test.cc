// What os:: cannot show about a copy: shared extents and holes. And two file systems at once.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "adapters/host_filesystem.h"
#include "contract/file_world.h"
#include "support/loop_btrfs.h"

namespace zprov::tests {
namespace {

constexpr uint64_t kBytes = 256 << 20;
constexpr uint64_t kFile = 32 << 20;

class CopyOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    auto made = LoopBtrfs::Make(kBytes);
    ZPROV_NEEDS(made || made.error().kind != ErrorKind::kNotSupported, made.error().message);
    ASSERT_THAT(made, Succeeds());
    disk_ = std::move(*made);
    auto host = adapters::OpenHostFilesystem(disk_->path());
    ASSERT_THAT(host, Succeeds());
    host_ = std::move(*host);
    ASSERT_THAT(host_.trees->MakeDirectory("/from", 0755), Succeeds());
    ASSERT_THAT(host_.trees->MakeDirectory("/to", 0755), Succeeds());
  }

  uint64_t Allocated(const std::string& path) const {
    struct stat status = {};
    EXPECT_EQ(::stat((disk_->path() + path).c_str(), &status), 0);
    return static_cast<uint64_t>(status.st_blocks) * 512;  // stat(2): always units of 512 bytes
  }

  // `size` bytes with data only in the last 64 KiB of the first half.
  void PutSparse(const std::string& path, uint64_t size) {
    std::ofstream file(disk_->path() + path, std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(65536, 'd');
    file.close();
    ASSERT_EQ(::truncate((disk_->path() + path).c_str(), static_cast<off_t>(size)), 0);
  }

  std::unique_ptr<LoopBtrfs> disk_;
  adapters::HostFilesystem host_;
};

TEST_F(CopyOnDisk, AFileSharesItsExtentsAcrossSubvolumes) {
  ASSERT_THAT(host_.files->Write("/from/f", std::string(kFile, 'x'), 0644), Succeeds());
  ASSERT_THAT(host_.btrfs->Create("/to/sub", 0755), Succeeds());
  ASSERT_THAT(host_.btrfs->Sync("/"), Succeeds());
  const auto before = host_.btrfs->Usage("/");
  ASSERT_THAT(host_.trees->CopyFile("/from/f", "/to/sub/f", 0644), Succeeds());
  ASSERT_THAT(host_.btrfs->Sync("/"), Succeeds());
  const auto after = host_.btrfs->Usage("/");
  EXPECT_LT(after->data_used, before->data_used + kFile / 2);
  EXPECT_EQ(Allocated("/to/sub/f"), kFile);
}

TEST_F(CopyOnDisk, SharesTheExtentsOnOneBtrfs) {
  ASSERT_THAT(host_.files->Write("/from/f", std::string(kFile, 'x'), 0644), Succeeds());
  ASSERT_THAT(host_.btrfs->Sync("/"), Succeeds());
  const auto before = host_.btrfs->Usage("/");
  ASSERT_THAT(host_.trees->Copy("/from", "/to"), Succeeds());
  ASSERT_THAT(host_.btrfs->Sync("/"), Succeeds());
  const auto after = host_.btrfs->Usage("/");
  EXPECT_LT(after->data_used, before->data_used + kFile / 2);
  EXPECT_EQ(host_.trees->Compare("/from", "/to")->count, 0u);
}

TEST_F(CopyOnDisk, KeepsHolesAlsoOntoAnotherFileSystem) {
  PutSparse("/from/sparse", kFile);
  PutSparse("/from/only-a-hole-behind", kFile);
  ASSERT_EQ(::mount("copy_test", (disk_->path() + "/to").c_str(), "tmpfs", 0, nullptr), 0);
  ASSERT_THAT(host_.trees->Copy("/from", "/to"), Succeeds());
  EXPECT_EQ(host_.trees->Compare("/from", "/to")->count, 0u);
  EXPECT_LT(Allocated("/to/sparse"), kFile / 4);
  EXPECT_GT(Allocated("/to/sparse"), 0u);
}

TEST_F(CopyOnDisk, DoesNotEnterABindMountOfTheSameFileSystem) {
  ASSERT_THAT(host_.trees->MakeDirectory("/from/bound", 0755), Succeeds());
  ASSERT_THAT(host_.files->Write("/precious", "p", 0644), Succeeds());
  ASSERT_EQ(::mount(disk_->path().c_str(), (disk_->path() + "/from/bound").c_str(), nullptr,
                    MS_BIND, nullptr),
            0);
  const auto report = host_.trees->Copy("/from", "/to");
  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->not_entered, std::vector<std::string>{"/from/bound"});
  EXPECT_TRUE(host_.trees->List("/to/bound")->empty());
  EXPECT_THAT(host_.trees->RemoveTree("/from"), FailsWith(ErrorKind::kCrossDevice));
  EXPECT_EQ(host_.files->Read("/precious", 9), "p");
}

TEST_F(CopyOnDisk, ASnapshotDoesNotReachAnotherBtrfs) {
  const auto other = LoopBtrfs::Make(kBytes);
  ASSERT_THAT(other, Succeeds());
  auto all = adapters::OpenHostFilesystem("/");
  ASSERT_THAT(all, Succeeds());
  ASSERT_THAT(all->btrfs->Create(disk_->path() + "/a", 0755), Succeeds());
  EXPECT_THAT(
      all->btrfs->Snapshot(disk_->path() + "/a", (*other)->path() + "/b", os::Access::kReadWrite),
      FailsWith(ErrorKind::kCrossDevice));
  EXPECT_TRUE(all->trees->List((*other)->path())->empty());
  EXPECT_THAT(all->trees->Rename(disk_->path() + "/a", (*other)->path() + "/b"),
              FailsWith(ErrorKind::kCrossDevice));
}

}  // namespace
}  // namespace zprov::tests
