#include "support/namespaces.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "support/capability.h"

namespace zprov::tests {
namespace {

// Runs `body` in a child and gives its answer: what it returns, below 128.
int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool IsMounted(const std::string& path) {
  std::ifstream mounts("/proc/self/mountinfo");
  const std::string text(std::istreambuf_iterator<char>(mounts), {});
  return text.find(" " + path + " ") != std::string::npos;
}

class Namespaces : public ::testing::Test {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(geteuid() == 0, "root");
    std::string path = ::testing::TempDir() + "zprov-namespaces.XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    directory_ = std::filesystem::canonical(path);
    std::filesystem::create_directories(directory_ + "/proc");
    std::filesystem::create_directories(directory_ + "/mnt");
  }

  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  std::string directory_;
};

TEST_F(Namespaces, MountsStayInside) {
  const std::string mnt = directory_ + "/mnt";
  EXPECT_EQ(InChild([&] {
              if (EnterPrivateNamespaces(CLONE_NEWNET) != 0) return 1;
              if (mount("none", mnt.c_str(), "tmpfs", 0, nullptr) != 0) return 2;
              return IsMounted(mnt) ? 0 : 3;
            }),
            0);
  EXPECT_FALSE(IsMounted(mnt));
}

// The outer child's root is shared, as systemd makes it: what is mounted in the chroot below it
// would show up.
TEST_F(Namespaces, MountsStayInsideOfAPlainChrootBelowASharedRoot) {
  const std::string mnt = directory_ + "/mnt";
  EXPECT_EQ(InChild([&] {
              if (EnterPrivateNamespaces(0) != 0) return 1;
              if (mount(directory_.c_str(), directory_.c_str(), nullptr, MS_BIND, nullptr) != 0)
                return 2;
              if (mount(nullptr, directory_.c_str(), nullptr, MS_SHARED, nullptr) != 0) return 3;
              std::filesystem::create_directories(directory_ + "/tree/proc");
              std::filesystem::create_directories(directory_ + "/tree/mnt");
              const int inner = InChild([&] {
                if (chroot((directory_ + "/tree").c_str()) != 0 || chdir("/mnt") != 0) return 11;
                if (EnterPrivateNamespaces(0) != 0) return 12;
                if (mount("none", "/mnt", "tmpfs", 0, nullptr) != 0) return 13;
                struct stat inside {};
                return stat("/mnt", &inside) == 0 && std::filesystem::is_empty("/mnt") ? 0 : 14;
              });
              if (inner != 0) return inner;
              return IsMounted(directory_ + "/tree/mnt") ? 4 : 0;
            }),
            0);
}

}  // namespace
}  // namespace zprov::tests
