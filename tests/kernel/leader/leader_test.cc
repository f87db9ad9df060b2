// A pid namespace with its leader: what survives whom. As root.
#include "vm/cluster/leader.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/capability.h"

namespace zprov::vm {
namespace {

// A leader in a process of its own, whose work leaves a daemon behind. Everything that descends
// from it holds the pipe open.
class ALeader : public testing::Test {
 protected:
  void SetUp() override { ZPROV_NEEDS(geteuid() == 0, "root"); }

  void Start(const std::function<int()>& then) {
    ASSERT_EQ(pipe(pipe_), 0);
    leader_ = fork();
    if (leader_ == 0) {
      const auto led = LeadNamespace([&] {
        if (fork() == 0) {
          setsid();
          for (;;) pause();
        }
        Say('d');
        return then();
      });
      _exit(led ? *led : 99);
    }
    close(pipe_[1]);
    EXPECT_EQ(Heard(), 'd');
  }
  int Ended() {
    int status = 0;
    waitpid(leader_, &status, 0);
    return status;
  }
  void Say(char c) const { EXPECT_EQ(write(pipe_[1], &c, 1), 1); }
  // 0: nobody is left who could say anything.
  char Heard() const {
    char c = 0;
    return read(pipe_[0], &c, 1) == 1 ? c : '\0';
  }

  int pipe_[2] = {-1, -1};
  pid_t leader_ = -1;
};

TEST_F(ALeader, TakesEverythingWithItWhenItIsKilled) {
  Start([] {
    for (;;) pause();
    return 0;
  });
  kill(leader_, SIGKILL);
  Ended();
  EXPECT_EQ(Heard(), '\0');
}

TEST_F(ALeader, EndsEverythingAtASignal) {
  Start([] {
    for (;;) pause();
    return 0;
  });
  kill(leader_, SIGTERM);
  const int status = Ended();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(Heard(), '\0');
}

TEST_F(ALeader, EndsWithItsWorkAndLeavesNoDaemon) {
  Start([] { return 3; });
  const int status = Ended();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
  EXPECT_EQ(Heard(), '\0');
}

}  // namespace
}  // namespace zprov::vm
