// What a real child finds when it starts: descriptors, environment, group. What programs share with
// the simulated ones is in tests/contract/processes_contract.cc.
#include "adapters/boost_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "adapters/fd.h"
#include "adapters/system_clock.h"

namespace zprov::adapters {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class BoostProcess : public testing::Test {
 protected:
  // The kernel's number of a program that says it in its first line.
  pid_t PidOf(os::ProcessId process) {
    std::string text;
    while (text.find('\n') == std::string::npos) {
      const auto event = loop_->Next(clock_->Now() + std::chrono::minutes(5));
      if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) break;
      const auto* output = std::get_if<os::ProcessOutput>(&*event);
      if (output != nullptr && output->process == process) text += output->text;
    }
    return std::stoi(text);
  }
  pid_t StartSayingPid() {
    const auto process =
        processes_->Start({"sh", "-c", "echo $$; while :; do sleep 1000000; done"});
    EXPECT_TRUE(process.has_value());
    return PidOf(*process);
  }

  std::unique_ptr<os::Clock> clock_ = MakeSystemClock();
  std::unique_ptr<EventLoop> loop_ = MakeEventLoop(*clock_);
  std::unique_ptr<os::Processes> processes_ = MakeBoostProcess(*loop_, Root::Open("/").value());
};

std::filesystem::path ProcOf(pid_t pid) { return "/proc/" + std::to_string(pid); }

TEST_F(BoostProcess, GivesAChildThreeDescriptorsAndNoneOfOurs) {
  StartSayingPid();                                           // another child's pipes are open
  const Fd left_open(::open("/proc/self/status", O_RDONLY));  // NOLINT: without O_CLOEXEC
  ASSERT_TRUE(left_open.valid());
  std::vector<std::string> descriptors;
  const pid_t pid = StartSayingPid();
  for (const auto& entry : std::filesystem::directory_iterator(ProcOf(pid) / "fd")) {
    descriptors.push_back(entry.path().filename());
  }
  // A shell that looks into a script of its own may have 10 and 255; this one has its -c text.
  EXPECT_THAT(descriptors, UnorderedElementsAre("0", "1", "2"));
  EXPECT_EQ(std::filesystem::read_symlink(ProcOf(pid) / "fd/0"), "/dev/null");
}

TEST_F(BoostProcess, GivesAChildAMinimalEnvironment) {
  ::setenv("ZPROV_TEST_SECRET", "1", 1);
  std::ifstream file(ProcOf(StartSayingPid()) / "environ");
  std::vector<std::string> variables;
  for (std::string one; std::getline(file, one, '\0');) variables.push_back(one);
  EXPECT_THAT(variables,
              UnorderedElementsAre("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"));
}

TEST_F(BoostProcess, PutsAChildInAGroupOfItsOwn) {
  const pid_t pid = StartSayingPid();
  EXPECT_EQ(::getpgid(pid), pid);
  EXPECT_NE(pid, ::getpgrp());
}

TEST_F(BoostProcess, StopsTheChildrenOfAChildToo) {
  const auto process = processes_->Start({"sh", "-c", "sleep 1000000 & echo $!; wait"});
  ASSERT_TRUE(process.has_value());
  const pid_t grandchild = PidOf(*process);
  const Fd grandchild_fd(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
  ASSERT_TRUE(grandchild_fd.valid());
  ASSERT_TRUE(processes_->Stop(*process).has_value());
  const auto event = loop_->Next(clock_->Now() + std::chrono::minutes(5));
  EXPECT_EQ(*event, os::Event(os::ProcessEnded{*process, 128 + SIGTERM}));
  pollfd ended{grandchild_fd.number(), POLLIN, 0};
  constexpr int kOnlyAHangingTestReachesIt = 300'000;  // ms
  EXPECT_EQ(::poll(&ended, 1, kOnlyAHangingTestReachesIt), 1);
}

TEST_F(BoostProcess, EndsAChildWhoseOwnChildKeepsThePipe) {
  const auto process = processes_->Start({"sh", "-c", "sleep 1000000 & echo $!; exit 3"});
  ASSERT_TRUE(process.has_value());
  const pid_t grandchild = PidOf(*process);
  const auto event = loop_->Next(clock_->Now() + std::chrono::minutes(5));
  EXPECT_EQ(*event, os::Event(os::ProcessEnded{*process, 3}));
  ::kill(grandchild, SIGKILL);
}

TEST_F(BoostProcess, KillsWhatStillRunsWhenItIsDestroyed) {
  const pid_t pid = StartSayingPid();
  processes_.reset();
  EXPECT_FALSE(std::filesystem::exists(ProcOf(pid)));
  EXPECT_EQ(*loop_->Next(clock_->Now()), os::Event(os::DeadlinePassed{}));
}

}  // namespace
}  // namespace zprov::adapters
