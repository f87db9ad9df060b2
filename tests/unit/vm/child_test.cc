// Processes of a test that must not outlive it.
#include "vm/cluster/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

namespace zprov::vm {
namespace {

constexpr int kHanging = 20'000;  // ms, of a test that would never end

// Whether everybody who had the other end of that pipe is gone.
bool IsClosed(int read_end) {
  pollfd wait{read_end, POLLIN, 0};
  return poll(&wait, 1, kHanging) == 1 && (wait.revents & POLLHUP) != 0;
}

TEST(Child, EndsWhenItsParentIsKilled) {
  std::array<int, 2> held{};  // by parent and child
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(held.data()), 0);
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    close(held[0]);
    const auto child = Child::Start({"sleep", "1000"}, "/dev/null");
    if (!child || write(ready[1], "!", 1) != 1) _exit(1);
    for (;;) pause();
  }
  close(held[1]);
  char there = 0;
  EXPECT_EQ(read(ready[0], &there, 1), 1);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(IsClosed(held[0]));
}

TEST(Child, IsGoneOnceItWasKilled) {
  std::array<int, 2> held{};
  ASSERT_EQ(pipe(held.data()), 0);
  auto child = Child::Start({"sleep", "1000"}, "/dev/null");
  close(held[1]);
  ASSERT_TRUE(child.has_value());
  EXPECT_FALSE(child->HasEnded());
  child->Kill();
  EXPECT_TRUE(child->HasEnded());
  EXPECT_TRUE(IsClosed(held[0]));
}

TEST(Child, PrintsIntoItsLog) {
  std::string log = (std::filesystem::temp_directory_path() / "zprov-child-XXXXXX").string();
  close(mkstemp(log.data()));
  std::array<int, 2> held{};
  ASSERT_EQ(pipe(held.data()), 0);
  const auto child = Child::Start({"sh", "-c", "echo one; echo two >&2"}, log);
  close(held[1]);
  EXPECT_TRUE(IsClosed(held[0]));
  EXPECT_EQ(Tail(log), "one\ntwo\n");
  std::filesystem::remove(log);
}

}  // namespace
}  // namespace zprov::vm
