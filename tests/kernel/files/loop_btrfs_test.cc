// The loop btrfs that the kernel tests stand on: what a copy of its backing file shows, and that
// nothing of it outlives its process.
#include "support/loop_btrfs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/fd.h"
#include "adapters/host_filesystem.h"
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

constexpr uint64_t kBytes = 128 << 20;

TEST(LoopBtrfs, ACopyOfItsFileHasWhatWasSyncedAndNothingElse) {
  const auto disk = LoopBtrfs::Make(kBytes);
  ZPROV_NEEDS(disk || disk.error().kind != ErrorKind::kNotSupported, disk.error().message);
  ASSERT_THAT(disk, Succeeds());
  auto host = adapters::OpenHostFilesystem((*disk)->path());
  ASSERT_THAT(host, Succeeds());
  const std::string text(300'000, 's');
  ASSERT_THAT(host->files->Write("/synced", text, 0644), Succeeds());
  ASSERT_THAT(host->trees->Sync("/"), Succeeds());
  ASSERT_THAT(host->files->Write("/unsynced", text, 0644), Succeeds());
  ASSERT_THAT(host->trees->Remove("/synced"), Succeeds());
  const auto copy = (*disk)->CopyOfBackingFile();
  ZPROV_NEEDS(copy || copy.error().kind != ErrorKind::kNotSupported, copy.error().message);
  ASSERT_THAT(copy, Succeeds());
  auto after = adapters::OpenHostFilesystem((*copy)->path());
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ(*after->trees->List("/"), std::vector<std::string>{"synced"});
  EXPECT_EQ(after->files->Read("/synced", 1 << 20), text);
  EXPECT_EQ(*host->trees->List("/"), std::vector<std::string>{"unsynced"});
}

// The number N of the loop device that holds the file system, -1 when that is not /dev/loopN.
int LoopNumber(const std::string& path) {
  const auto found = std::filesystem::path(path);
  std::ifstream mounts("/proc/self/mounts");
  std::string device;
  std::string target;
  std::string rest;
  while (mounts >> device >> target && std::getline(mounts, rest)) {
    if (target == found && device.starts_with("/dev/loop")) return std::stoi(device.substr(9));
  }
  return -1;
}

[[noreturn]] void HoldALoopBtrfs(int report) {
  const auto disk = LoopBtrfs::Make(kBytes);
  int number = -1;
  if (disk) number = LoopNumber((*disk)->path());
  if (!disk && disk.error().kind == ErrorKind::kNotSupported) number = -2;
  (void)!::write(report, &number, sizeof number);
  for (;;) ::pause();
}

TEST(LoopBtrfs, NothingOutlivesAKilledProcess) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  const adapters::Fd reading(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) HoldALoopBtrfs(ends[1]);
  const adapters::Fd writing(ends[1]);
  int number = -1;
  const ssize_t got = ::read(reading.number(), &number, sizeof number);
  const std::string backing = "/sys/block/loop" + std::to_string(number) + "/loop/backing_file";
  const bool attached = std::filesystem::exists(backing);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ASSERT_EQ(got, static_cast<ssize_t>(sizeof number));
  ZPROV_NEEDS(number != -2, "loop devices, btrfs and mkfs.btrfs");
  ASSERT_GE(number, 0);
  ASSERT_TRUE(attached);
  // The kernel takes the namespace down after the parent has been told.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::filesystem::exists(backing) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(std::filesystem::exists(backing));
}

}  // namespace
}  // namespace zprov::tests
