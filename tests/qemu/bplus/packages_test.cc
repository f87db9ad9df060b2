// The Debian package and the tarball, each in a tree that has what it says it needs, and nothing
// else.
#include "qemu/bplus/packages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>

#include "support/capability.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// What an operator reads beside the rig, below the documents' folder.
constexpr const char* kDocuments[] = {"README.md", "hil/CAUTION.md", "hil/README.md",
                                      "hil/rig.toml"};

// Says to `calls` what is asked of systemd, which does not run in the tree.
class DebianPackage : public BplusPackages {
 protected:
  void SetUp() override {
    BplusPackages::SetUp();
    if (directory_.empty()) return;
    tree_ = directory_ + "/tree";
    for (const char* program : {"systemctl", "deb-systemd-invoke"}) {
      RunShell(
          fmt::format("mkdir -p {0}/bin {1}/run/systemd/system {1}/var/lib/dpkg; "
                      "touch {0}/calls {1}/var/lib/dpkg/status; "
                      "printf '#!/bin/sh\\necho {2} \"$@\" >>{0}/calls\\n' >{0}/bin/{2}; "
                      "chmod +x {0}/bin/{2}",
                      directory_, tree_, program));
    }
  }

  // dpkg itself, on the tree; dependencies are looked at by another test.
  void Dpkg(const std::string& what) {
    const Ran ran = RunShell(
        fmt::format("PATH={}/bin:$PATH dpkg --root={} --force-architecture --force-depends "
                    "--force-script-chrootless {} 2>&1",
                    directory_, tree_, what));
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
  }
  std::string Calls() { return RunShell(fmt::format("cat {}/calls", directory_)).out; }

  std::string tree_;
};

TEST_F(DebianPackage, RunsWithTheLibrariesThatItDependsOnAndNoOthers) {
  const Ran unpacked = RunShell(
      fmt::format("set -e; packages=$(dpkg-deb -f {0} Depends | tr , '\\n' | sed 's/(.*//'); "
                  "{1}/vm/images/get_packages --with-dependencies armel {2} $packages; "
                  "cp -a {2}/. {3}; dpkg-deb -x {0} {3}",
                  package_, ZPROV_SOURCE_DIR, ZPROV_SYSROOT "/../bplus-depends", tree_));
  ZPROV_NEEDS(unpacked.exit_code != EX_UNAVAILABLE, kMirror);
  ASSERT_EQ(unpacked.exit_code, 0);
  ExpectItWorksIn(tree_);
}

TEST_F(DebianPackage, InstallsAServiceThatWaitsForASpec) {
  Dpkg("--install " + package_);
  EXPECT_TRUE(fs::exists(tree_ + "/usr/share/zprov/schemas/status.schema.json"));
  const std::string unit =
      RunShell(fmt::format("cat {}/usr/lib/systemd/system/zprov.service", tree_)).out;
  EXPECT_THAT(unit, HasSubstr("ConditionPathExists=/etc/zprov/cluster.toml\n"));
  EXPECT_FALSE(fs::exists(tree_ + "/etc/systemd/system/multi-user.target.wants"));
  EXPECT_EQ(Calls(), "systemctl --system daemon-reload\n");
}

TEST_F(DebianPackage, InstallsWhatItsOperatorReads) {
  Dpkg("--install " + package_);
  for (const char* document : kDocuments) {
    EXPECT_TRUE(fs::exists(tree_ + "/usr/share/doc/zprov/" + document)) << document;
  }
}

TEST_F(DebianPackage, AnUpdateRestartsTheDaemonOnlyWhereItRuns) {
  Dpkg("--install " + package_);
  Dpkg("--install " + package_);
  EXPECT_THAT(Calls(), HasSubstr("deb-systemd-invoke try-restart zprov.service\n"));
  EXPECT_THAT(Calls(), Not(HasSubstr("stop zprov.service")));
}

TEST_F(DebianPackage, RemovedLeavesTheClusterAndStartsNothingMore) {
  Dpkg("--install " + package_);
  const std::string wants = tree_ + "/etc/systemd/system/multi-user.target.wants";
  const std::string spec = tree_ + "/etc/zprov/cluster.toml";
  fs::create_directories(wants);
  fs::create_directories(tree_ + "/etc/zprov");
  fs::create_symlink("../zprov.service", wants + "/zprov.service");  // as `zprov apply` makes it
  std::ofstream(spec) << "[nodes]\n";

  Dpkg("--purge zprov");
  EXPECT_THAT(Calls(), HasSubstr("deb-systemd-invoke stop zprov.service\n"));
  EXPECT_FALSE(fs::exists(fs::symlink_status(wants + "/zprov.service")));
  EXPECT_FALSE(fs::exists(tree_ + "/usr/bin/zprov"));
  EXPECT_TRUE(fs::exists(spec));
}

using Tarball = BplusPackages;

TEST_F(Tarball, RunsInATreeWithoutAnyLibrary) {
  const std::string tree = directory_ + "/tree";
  ASSERT_EQ(RunShell(fmt::format("mkdir {0} && tar -C {0} -xf {1}", tree, tarball_)).exit_code, 0);
  ExpectItWorksIn(tree);
}

TEST_F(Tarball, HoldsWhatItsOperatorReads) {
  const std::string listed = RunShell("tar -tf " + tarball_).out;
  for (const char* document : kDocuments) {
    EXPECT_THAT(listed, HasSubstr(fmt::format("opt/zprov/share/doc/{}\n", document)));
  }
}

TEST_F(Tarball, LeavesTheDirectoriesOfTheSystemAsTheyAre) {
  const std::string listed = RunShell("tar -tf " + tarball_).out;
  EXPECT_THAT(listed, HasSubstr("usr/bin/zprov\n"));
  EXPECT_THAT(listed, Not(HasSubstr("/\n")));
}

}  // namespace
}  // namespace zprov::tests
