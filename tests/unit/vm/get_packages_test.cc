// vm/images/get_packages before a mirror that is none: stubs of apt and dpkg say what there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sysexits.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "vm/cluster/child.h"

namespace zprov::vm {
namespace {

using testing::HasSubstr;

constexpr char kUpdates[] = "*' update'*) exit 0 ;;";
constexpr char kDownloads[] = "*' download '*) : >busybox-static_1%3a1.35.0-4_armel.deb ;;";

constexpr char kSimulates[] =
    "*' install --simulate '*) echo 'Inst busybox-static (1:1.35.0-4)' ;;";

class GetPackages : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    std::filesystem::create_directory(directory_ + "/bin");
    Stub("dpkg-deb", "exit 0");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void Stub(const std::string& program, const std::string& text) {
    const std::string path = directory_ + "/bin/" + program;
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  // What it does with its words; any others fail.
  void Apt(const std::vector<std::string>& cases) {
    std::string text = "case \" $*\" in\n";
    for (const std::string& one : cases) text += one + "\n";
    Stub("apt-get", text + "*) exit 100 ;;\nesac");
  }
  int Run(const std::vector<std::string>& more = {"armel"}) {
    std::vector<std::string> words = {"env", "PATH=" + directory_ + "/bin:" + std::getenv("PATH"),
                                      ZPROV_SOURCE_DIR "/vm/images/get_packages"};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {directory_ + "/tree", "busybox-static"});
    auto child = Child::Start(words, directory_ + "/log");
    return child ? child->Wait() : -1;
  }
  std::string Said() const { return Tail(directory_ + "/log"); }

  std::string directory_ = "/tmp/zprov-packages-XXXXXX";
};

TEST_F(GetPackages, SaysWhichVersionIsThereAlsoWhenNothingIsFetched) {
  Apt({kUpdates, kDownloads});
  EXPECT_EQ(Run(), 0) << Said();
  EXPECT_THAT(Said(), HasSubstr("busybox-static 1:1.35.0-4 armel\n"));
  Apt({});
  EXPECT_EQ(Run(), 0) << Said();
  EXPECT_EQ(Said(), "busybox-static 1:1.35.0-4 armel\n");
}

TEST_F(GetPackages, EndsWith69WithoutAMirrorAndGoesOnWhenThereIsOne) {
  Apt({});
  EXPECT_EQ(Run(), EX_UNAVAILABLE) << Said();
  EXPECT_EQ(Run({"--with-dependencies", "armel"}), EX_UNAVAILABLE) << Said();
  Apt({kUpdates, kDownloads});
  EXPECT_EQ(Run(), 0) << Said();
}

// apt names an archive that it has already no more.
TEST_F(GetPackages, KnowsWhatIsDependedOnAlsoWhenAllOfItIsThere) {
  Apt({kUpdates, kDownloads, kSimulates});
  EXPECT_EQ(Run({"--with-dependencies", "armel"}), 0) << Said();
  Apt({kSimulates});
  EXPECT_EQ(Run({"--with-dependencies", "armel"}), 0) << Said();
  EXPECT_EQ(Said(), "busybox-static 1:1.35.0-4 armel\n");
}

TEST_F(GetPackages, FailsOtherwiseWhenTheMirrorHasNoSuchPackage) {
  Apt({kUpdates});
  EXPECT_EQ(Run(), 100) << Said();
  EXPECT_EQ(Run({"--with-dependencies", "armel"}), 1) << Said();
}

}  // namespace
}  // namespace zprov::vm
