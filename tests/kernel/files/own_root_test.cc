// What a program finds in its root besides the root's own files, and that nothing of it is seen
// outside or stays.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/boost_process.h"
#include "adapters/event_loop.h"
#include "adapters/host_filesystem.h"
#include "contract/file_world.h"
#include "support/loop_btrfs.h"

namespace zprov::tests {
namespace {

std::string Slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class OwnRoot : public testing::Test {
 protected:
  void SetUp() override {
    auto disk = LoopBtrfs::Make(128 << 20);
    ZPROV_NEEDS(disk || disk.error().kind != ErrorKind::kNotSupported, disk.error().message);
    ASSERT_THAT(disk, Succeeds());
    disk_ = std::move(*disk);
    root_ = disk_->path() + "/base";
    for (const char* directory : {"", "/bin", "/proc", "/dev", "/tmp"})
      std::filesystem::create_directory(root_ + directory);
    std::filesystem::copy_file("/bin/busybox", root_ + "/bin/busybox");
    host_ = std::make_unique<adapters::HostFilesystem>(
        std::move(adapters::OpenHostFilesystem(disk_->path()).value()));
    loop_ = adapters::MakeEventLoop(*host_->clock);
    processes_ = adapters::MakeBoostProcess(*loop_, host_->root);
  }

  // What the shell there prints.
  std::string Shell(const std::string& script) {
    const auto process =
        processes_->StartIn("/base", {"/bin/busybox", "sh", "-c", "exec 2>&1\n" + script});
    EXPECT_THAT(process, Succeeds());
    std::string text;
    while (process.has_value()) {
      const auto event = loop_->Next(host_->clock->Now() + std::chrono::minutes(5));
      if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) return text + "(late)";
      if (const auto* said = std::get_if<os::ProcessOutput>(&*event)) text += said->text;
      if (std::holds_alternative<os::ProcessEnded>(*event)) break;
    }
    return text;
  }

  std::unique_ptr<LoopBtrfs> disk_;
  std::string root_;
  std::unique_ptr<adapters::HostFilesystem> host_;
  std::unique_ptr<adapters::EventLoop> loop_;
  std::unique_ptr<os::Processes> processes_;
};

TEST_F(OwnRoot, HasTheDevicesThatProgramsNeedAndNoOthers) {
  EXPECT_EQ(Shell("busybox=/bin/busybox; $busybox ls /dev"),
            "fd\nfull\nnull\nrandom\ntty\nurandom\nzero\n");
  EXPECT_EQ(Shell("echo lost > /dev/null && /bin/busybox head -c 4 /dev/zero | /bin/busybox wc -c"),
            "4\n");
  EXPECT_TRUE(std::filesystem::is_empty(root_ + "/dev"));
}

TEST_F(OwnRoot, HasItsOwnProcAndTmp) {
  std::ofstream(root_ + "/tmp/hidden") << "x";
  EXPECT_EQ(Shell("/bin/busybox ls /tmp; echo made > /tmp/f && /bin/busybox cat /tmp/f"), "made\n");
  EXPECT_EQ(Shell("/bin/busybox grep -c ^Name: /proc/self/status"), "1\n");
  EXPECT_TRUE(std::filesystem::is_empty(root_ + "/proc"));
  EXPECT_FALSE(std::filesystem::exists(root_ + "/tmp/f"));
  EXPECT_TRUE(std::filesystem::exists(root_ + "/tmp/hidden"));
}

TEST_F(OwnRoot, LeavesNoMountBehindAndShowsNoneWhileItRuns) {
  const std::string before = Slurp("/proc/self/mountinfo");
  const auto process = processes_->StartIn("/base", {"/bin/busybox", "sleep", "1000"});
  ASSERT_THAT(process, Succeeds());
  EXPECT_EQ(Slurp("/proc/self/mountinfo"), before);
  ASSERT_THAT(processes_->Stop(*process), Succeeds());
  const auto event = loop_->Next(host_->clock->Now() + std::chrono::minutes(5));
  EXPECT_EQ(event, os::Event(os::ProcessEnded{*process, 128 + 15}));
  EXPECT_EQ(Slurp("/proc/self/mountinfo"), before);
}

TEST_F(OwnRoot, IsToldToMakeTheSameOfTheSameRootWheneverItRuns) {
  EXPECT_EQ(Shell("echo $SOURCE_DATE_EPOCH"), "0\n");
}

TEST_F(OwnRoot, StartsInTheRootAndCannotSeeAbove) {
  EXPECT_EQ(Shell("pwd; cd ..; pwd; echo /*"), "/\n/\n/bin /dev /proc /tmp\n");
}

TEST_F(OwnRoot, SaysWhatItLacksAndGoesOn) {
  std::filesystem::remove(root_ + "/tmp");
  const auto failed = processes_->StartIn("/base", {"/bin/busybox", "true"});
  EXPECT_THAT(failed, FailsWith(ErrorKind::kNotFound));
  EXPECT_NE(failed.error().message.find("/tmp"), std::string::npos) << failed.error().message;
  std::filesystem::create_directory(root_ + "/tmp");
  EXPECT_EQ(Shell("echo fine"), "fine\n");
}

}  // namespace
}  // namespace zprov::tests
