// What an operator brings to a fresh B+.
#include "vm/cluster/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "vm/cluster/child.h"

namespace zprov::vm {
namespace {

using testing::HasSubstr;

class Payload : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::string Get(const std::string& file) const {
    std::ostringstream all;
    all << std::ifstream(directory + "/" + file).rdbuf();
    return all.str();
  }

  // A build tree that installs one program.
  std::string BuildOf(const std::string& program) const {
    const std::string build = directory + "/build";
    std::filesystem::create_directories(build);
    std::ofstream(build + "/cmake_install.cmake")
        << "file(INSTALL DESTINATION \"${CMAKE_INSTALL_PREFIX}/bin\" TYPE PROGRAM FILES \""
        << program << "\" RENAME zprov)\n";
    return build;
  }

  std::string directory = "/tmp/zprov-payload-XXXXXX";
};

TEST_F(Payload, IsAnArchiveOfWhatIsInstalledAndADescriptionOfTheCluster) {
  const auto packed =
      PackPayload({.directory = directory, .build = BuildOf("/bin/true"), .zeros = 2});
  ASSERT_TRUE(packed.has_value()) << packed.error().message;
  auto list = Child::Start({"tar", "-tf", *packed}, directory + "/list");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->Wait(), 0);
  EXPECT_THAT(Get("list"), HasSubstr("./usr/bin/zprov\n"));
  EXPECT_THAT(Get("list"), HasSubstr("./etc/zprov/cluster.toml\n"));
  EXPECT_THAT(Get("payload/etc/zprov/cluster.toml"), HasSubstr("count = 2\n"));
  EXPECT_THAT(Get("payload/etc/zprov/cluster.toml"), HasSubstr("usb = [\"1-1\", \"1-2\", ]"));
}

TEST_F(Payload, NeedsTheProgram) {
  const auto packed =
      PackPayload({.directory = directory, .build = BuildOf("/nowhere/zprov"), .zeros = 1});
  ASSERT_FALSE(packed.has_value());
  EXPECT_THAT(packed.error().message, HasSubstr("/nowhere/zprov"));
}

}  // namespace
}  // namespace zprov::vm
