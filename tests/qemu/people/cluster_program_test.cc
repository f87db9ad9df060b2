// zprov-cluster as a person uses it, and that nothing is left of it whatever ends it.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using ::testing::HasSubstr;

class ClusterProgram : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"qemu-system-x86_64", "qemu-system-arm", "mmdebstrap"}) {
      ZPROV_NEEDS(RunShell(std::string("command -v ") + program).exit_code == 0, program);
    }
    ZPROV_NEEDS(geteuid() == 0, "root");
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  }
  void TearDown() override {
    if (leader_ > 0) End(SIGKILL);
    std::filesystem::remove_all(directory_);
  }

  // Everything that descends from it holds the pipe of its words open.
  void Up() {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    leader_ = fork();
    if (leader_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that ctest kills leaves no machine behind
      dup2(ends[1], STDOUT_FILENO);
      fcntl(ends[1], F_SETFD, 0);
      execl(ZPROV_CLUSTER, "zprov-cluster", "--directory", cluster().c_str(), "up", "--nodes", "1",
            nullptr);
      _exit(127);
    }
    close(ends[1]);
    said_ = fdopen(ends[0], "r");
  }
  // Until it says that; false: it ended before.
  bool Hear(const std::string& words) {
    char line[4096];
    while (std::fgets(line, sizeof(line), said_) != nullptr) {
      all_ += line;
      if (std::string(line).find(words) != std::string::npos) return true;
    }
    return false;
  }
  // Returns once nobody is left of it.
  void End(int signal) {
    kill(leader_, signal);
    waitpid(leader_, nullptr, 0);
    leader_ = -1;
    EXPECT_FALSE(Hear("nobody says this"));
  }
  Ran Say(const std::string& words) const {
    return RunShell(std::string(ZPROV_CLUSTER) + " --directory " + cluster() + " " + words);
  }
  // A person types that line at a machine's terminal, and leaves it (Ctrl-C, Ctrl-]) once it was
  // answered so: true. What is typed is echoed, and must not hold the answer.
  bool IsAnswered(const std::string& terminal, const std::string& line, const std::string& answer) {
    const std::string heard = directory_ + "/heard";
    const std::string typed = fmt::format(
        "{{ printf '%s\\n' '{1}'; timeout 120 sh -c \"until grep -q '{2}' {0}; do sleep 0.2; "
        "done\"; "
        "printf '\\003'; sleep 1; printf '\\035'; }} | {3} --directory {4} {5} >{0}; "
        "grep -q '{2}' {0}",
        heard, line, answer, ZPROV_CLUSTER, cluster(), terminal);
    const bool is_answered = RunShell(fmt::format(": >{}; {}", heard, typed)).exit_code == 0;
    EXPECT_TRUE(is_answered) << line << "\n" << RunShell("cat " + heard).out;
    return is_answered;
  }
  // Its own word, asked for again and again: a wait of the test's deadline.
  void WaitForStage(const std::string& stage) {
    while (Say("stage s0").out != stage + "\n") {
      ASSERT_GT(leader_, 0);
      poll(nullptr, 0, 500);
    }
  }
  std::string cluster() const { return directory_ + "/c"; }

  std::string directory_ = "/tmp/zprov-people-XXXXXX";
  pid_t leader_ = -1;
  FILE* said_ = nullptr;
  std::string all_;
};

TEST_F(ClusterProgram, BringsAClusterUpObeysAndLeavesNothingAfterAKill) {
  ASSERT_NO_FATAL_FAILURE(Up());
  ASSERT_TRUE(Hear("all nodes run")) << all_;
  EXPECT_THAT(all_, HasSubstr("images  busybox-static ")) << "what its images are made of was told";
  EXPECT_THAT(all_, HasSubstr("zero1  ")) << "what its Zero did was told";

  EXPECT_EQ(Say("up").exit_code, 1) << "it is up";
  EXPECT_EQ(Say("power s0 off").exit_code, 0);
  EXPECT_EQ(Say("stage s0").out, "off\n");
  EXPECT_EQ(Say("power s1 off").exit_code, 1) << "there is no s1";
  EXPECT_EQ(Say("power s0 on").exit_code, 0);
  WaitForStage("gadget");
  EXPECT_THAT(Say("logs").out, HasSubstr("power off"));

  End(SIGKILL);
  EXPECT_EQ(Say("down").exit_code, 1) << "none is up";
}

// The tour of vm/README.md.
TEST_F(ClusterProgram, LetsAPersonIntoItsMachinesAndDisturbTheirCables) {
  ASSERT_NO_FATAL_FAILURE(Up());
  ASSERT_TRUE(Hear("all nodes run")) << all_;
  EXPECT_TRUE(IsAnswered("ssh snail", "echo $(hostname)-hears", "snail-hears"));
  EXPECT_TRUE(IsAnswered("ssh snail", "zprov status --watch", "s0 .*healthy"));
  EXPECT_TRUE(IsAnswered("console s0", "echo $(hostname)-hears", "s0-hears"));

  const std::string frames = directory_ + "/s0.pcap";
  EXPECT_EQ(Say("capture s0 host " + frames).exit_code, 0);
  EXPECT_EQ(Say("drop s0 100").exit_code, 0);
  EXPECT_TRUE(IsAnswered("ssh snail", "ping -q -c 2 -W 1 192.168.7.33", " 0 received"));
  EXPECT_EQ(Say("drop s0 0").exit_code, 0);
  EXPECT_TRUE(IsAnswered("ssh snail", "ping -q -c 9 -W 1 192.168.7.33", " [1-9] received"));
  EXPECT_EQ(Say("capture s0 host off").exit_code, 0);
  constexpr size_t kHeaderOfPcap = 24;
  EXPECT_GT(std::filesystem::file_size(frames), kHeaderOfPcap) << "what was sent was captured";

  EXPECT_EQ(Say("fault s0 vanishes-in-bulk 1").exit_code, 0);
  EXPECT_EQ(Say("power s0 off").exit_code, 0);
  EXPECT_EQ(Say("power s0 on").exit_code, 0);
  EXPECT_TRUE(IsAnswered("ssh snail", "zprov status --watch", "s0 .*healthy"));
  EXPECT_TRUE(IsAnswered("ssh snail", "zprov status s0", "start.elf")) << "its last boot, told";
  EXPECT_THAT(Say("logs").out, HasSubstr("vanishes-in-bulk"));
  EXPECT_EQ(Say("fault s0 nonsense 1").exit_code, 1);
}

TEST_F(ClusterProgram, IsDownAfterDown) {
  ASSERT_NO_FATAL_FAILURE(Up());
  ASSERT_TRUE(Hear("the B+ has power")) << all_;
  EXPECT_EQ(Say("down").exit_code, 0);
  EXPECT_FALSE(Hear("nobody says this"));
}

}  // namespace
}  // namespace zprov::tests
