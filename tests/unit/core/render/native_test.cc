// The native mode's files, compared with fixtures/golden/native/ (each under the path it has on the
// host). ZPROV_UPDATE_GOLDEN=1 rewrites them: read the diff before you commit it.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/unit/core/render/clusters.h"

namespace zprov::render {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path kGolden = fs::path(ZPROV_SOURCE_DIR) / "fixtures/golden/native";

// What `render --out` would write, and the files made on request under their names.
std::map<std::string, std::string> Rendered(const spec::ClusterSpec& spec) {
  std::map<std::string, std::string> files;
  for (const ManagedFile& file : ManagedFiles(spec, HostFacts::Everything())) {
    const std::string path = file.path.empty() ? "on-request/" + file.name : file.path.substr(1);
    files[path] = PlainContent(file);
  }
  return files;
}

std::map<std::string, std::string> Golden() {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(kGolden)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), kGolden);
    files[path] = SourceFile("fixtures/golden/native/" + path);
  }
  return files;
}

void RewriteGolden(const std::map<std::string, std::string>& files) {
  fs::remove_all(kGolden);
  for (const auto& [path, content] : files) {
    fs::create_directories((kGolden / path).parent_path());
    std::ofstream(kGolden / path, std::ios::binary) << content;
  }
}

TEST(NativeFiles, AreTheGoldenOnes) {
  const auto rendered = Rendered(NativeCluster());
  if (std::getenv("ZPROV_UPDATE_GOLDEN") != nullptr) {
    RewriteGolden(rendered);
    FAIL() << "rewrote " << kGolden << ": read the diff, then run without ZPROV_UPDATE_GOLDEN";
  }
  const auto golden = Golden();
  for (const auto& [path, content] : rendered) {
    ASSERT_TRUE(golden.contains(path)) << path << " has no golden file";
    EXPECT_EQ(content, golden.at(path)) << path;
  }
  for (const auto& [path, content] : golden) {
    EXPECT_TRUE(rendered.contains(path)) << "nothing renders " << path << " any more";
  }
}

TEST(NativeFiles, SayTheSameAsTheProcedureWhereBothHaveThem) {
  for (const char* name : {"hosts", "exports"}) {
    EXPECT_EQ(Content(NativeCluster(), name), Content(SeedCluster(), name)) << name;
  }
}

// systemd starts no service before the swap is there or given up.
TEST(NativeFiles, LetABoardWithoutSwapStartItsServicesSoon) {
  std::string fstab = Content(NativeCluster(), "fstab");
  const std::string_view added = ",x-systemd.device-timeout=15s";
  const size_t at = fstab.find(added);
  ASSERT_NE(at, std::string::npos) << fstab;
  EXPECT_EQ(fstab.erase(at, added.size()), Content(SeedCluster(), "fstab"));
}

TEST(NativeFiles, OfANodeWithoutUsbPathHaveNoLink) {
  spec::ClusterSpec spec = NativeCluster();
  spec.nodes[1].usb.reset();
  EXPECT_TRUE(HasFile(spec, "link:s0"));
  EXPECT_FALSE(HasFile(spec, "link:s1"));
  EXPECT_THAT(Content(spec, "udev"), Not(HasSubstr("1-1.2.2:")));
  EXPECT_THAT(RetiredFiles(spec), Contains(RetiredFile{"/etc/systemd/network/70-zprov-s1.link",
                                                       "the spec gives s1 no USB path"}));
}

TEST(NativeFiles, AreReadByUdevBeforeAnybodyElsesLinkFiles) {
  const std::string path = FileNamed(NativeCluster(), "link:s0").path;
  const std::string name = fs::path(path).filename();
  EXPECT_LT(name, "73-usb-net-by-mac.link");
  EXPECT_LT(name, "99-default.link");
}

}  // namespace
}  // namespace zprov::render
