#include "qemu/bplus/packages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "support/capability.h"

namespace zprov::tests {

using ::testing::HasSubstr;

void BplusPackages::SetUp() {
  for (const char* program :
       {"arm-linux-gnueabi-g++", "qemu-arm-static", "cmake", "ninja", "dpkg-deb"}) {
    const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
    ZPROV_NEEDS(there, program);
  }
  ZPROV_NEEDS(geteuid() == 0, "root");  // for chroot
  const Ran libraries = RunShell(ZPROV_SOURCE_DIR "/src/package/sysroot " ZPROV_SYSROOT);
  ZPROV_NEEDS(libraries.exit_code != EX_UNAVAILABLE, kMirror);
  ASSERT_EQ(libraries.exit_code, 0);
  const Ran built = RunShell(ZPROV_SOURCE_DIR "/src/package/build");
  ASSERT_EQ(built.exit_code, 0);
  std::istringstream(built.out) >> package_ >> tarball_;
  std::string made = std::filesystem::temp_directory_path() / "zprov-bplus-XXXXXX";
  ASSERT_NE(::mkdtemp(made.data()), nullptr);
  directory_ = made;
}

void BplusPackages::TearDown() {
  if (!directory_.empty()) std::filesystem::remove_all(directory_);
}

Ran BplusPackages::RunIn(const std::string& tree, const std::string& command) {
  return RunShell(
      fmt::format("mkdir -p {0}/proc {0}/tmp; cp \"$(command -v qemu-arm-static)\" {0}; "
                  "unshare --mount sh -c 'mount -t proc proc {0}/proc && "
                  "exec chroot {0} /qemu-arm-static -cpu arm1176 {1}' 2>&1",
                  tree, command));
}

std::string BplusPackages::ExpectIn(const std::string& tree, const std::string& command) {
  const Ran ran = RunIn(tree, command);
  EXPECT_EQ(ran.exit_code, 0) << command << ":\n" << ran.out;
  return ran.out;
}

void BplusPackages::ExpectItWorksIn(const std::string& tree) {
  EXPECT_EQ(ExpectIn(tree, "/usr/bin/zprov --version"), "zprov " ZPROV_VERSION "\n");
  // Not where zprov looks by itself: it would use openat2, which qemu-user 7.2 does not know.
  RunShell(fmt::format("cp {}/fixtures/specs/rig.toml {}", ZPROV_SOURCE_DIR, tree));
  const std::string zprov = "/usr/bin/zprov --spec /rig.toml ";
  EXPECT_THAT(ExpectIn(tree, zprov + "check"), HasSubstr("fine: cluster snail, 5 nodes"));
  EXPECT_THAT(ExpectIn(tree, zprov + "render exports"), HasSubstr("/x/s4 192.168.7.49("));
  EXPECT_EQ(RunIn(tree, "/usr/bin/zprov --rig sim plan").exit_code, 4);
  EXPECT_THAT(ExpectIn(tree, "/usr/bin/zprov demo"), HasSubstr("boot: 5 nodes: 5 healthy"));
}

}  // namespace zprov::tests
