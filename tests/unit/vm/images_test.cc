// How the scripts that make a cluster's images end, and what MakeImages says of it.
#include "vm/cluster/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace zprov::vm {
namespace {

using testing::HasSubstr;

class Images : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // With scripts that say their words and end so.
  Result<std::string> MakeBy(int exit_code) {
    for (const char* script : {"bplus", "debian"}) {
      const std::string path = directory_ + "/" + script;
      std::ofstream(path) << "#!/bin/sh\necho \"$@\"; exit " << exit_code << "\n";
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    }
    return MakeImages(
        {.root = root_, .scripts = directory_, .made = Made(), .log = directory_ + "/log"});
  }
  std::string Made() const { return directory_ + "/made"; }

  std::string root_ = "busybox";
  std::string directory_ = "/tmp/zprov-images-XXXXXX";
};

TEST_F(Images, AreInTheDirectoryOfTheScriptThatMadeThem) {
  EXPECT_EQ(MakeBy(0), Made() + "/bplus");
  root_ = "debian";
  EXPECT_EQ(MakeBy(0), Made() + "/debian");
}

TEST_F(Images, CannotBeMadeHereWithoutAMirror) {
  const auto image = MakeBy(69);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind, ErrorKind::kNotSupported);
  EXPECT_THAT(image.error().message, HasSubstr(Made() + "/bplus " + Made() + "/zero\n"));
}

TEST_F(Images, FailByAnythingElse) {
  const auto image = MakeBy(1);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind, ErrorKind::kFailed);
}

}  // namespace
}  // namespace zprov::vm
