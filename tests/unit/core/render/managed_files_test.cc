// The list of managed files as a whole.
#include "core/render/managed_files.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/unit/core/render/clusters.h"
#include "util/path.h"

namespace zprov::render {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::Not;

std::vector<spec::ClusterSpec> Clusters() {
  spec::ClusterSpec with_paths = NativeCluster();
  with_paths.mode = spec::Mode::kCompatible;
  spec::ClusterSpec large = CompatibleCluster(56);
  large.mode = spec::Mode::kNative;
  return {CompatibleCluster(5), NativeCluster(), with_paths, large};
}

TEST(ManagedFiles, HaveUniqueNamesAndPaths) {
  for (const spec::ClusterSpec& spec : Clusters()) {
    std::set<std::string> names;
    std::set<std::string> paths;
    for (const ManagedFile& file : ManagedFiles(spec, HostFacts::Everything())) {
      EXPECT_TRUE(names.insert(file.name).second) << file.name;
      if (file.path.empty()) continue;
      EXPECT_TRUE(paths.insert(file.path).second) << file.path;
      EXPECT_TRUE(IsNormalPath(file.path)) << file.path;
    }
  }
}

TEST(ManagedFiles, EndTheirLastLine) {
  for (const spec::ClusterSpec& spec : Clusters()) {
    for (const ManagedFile& file : ManagedFiles(spec, HostFacts::Everything())) {
      EXPECT_TRUE(PlainContent(file).ends_with('\n')) << file.name;
    }
  }
}

TEST(RetiredFiles, AreNeverManagedInTheSameMode) {
  for (const spec::ClusterSpec& spec : Clusters()) {
    const auto files = ManagedFiles(spec, HostFacts::Everything());
    for (const RetiredFile& retired : RetiredFiles(spec)) {
      EXPECT_THAT(files, Not(Contains(Field(&ManagedFile::path, retired.path)))) << retired.path;
      EXPECT_NE(retired.reason, "") << retired.path;
    }
  }
}

TEST(RetiredFiles, AreWhatTheOtherModeAloneManages) {
  spec::ClusterSpec native = NativeCluster();
  spec::ClusterSpec compatible = native;
  compatible.mode = spec::Mode::kCompatible;
  const auto of_other = [](const spec::ClusterSpec& spec, const spec::ClusterSpec& other) {
    std::set<std::string> paths;
    for (const ManagedFile& file : ManagedFiles(other, HostFacts::Everything())) {
      if (std::holds_alternative<WholeFile>(file.body)) paths.insert(file.path);
    }
    for (const ManagedFile& file : ManagedFiles(spec, HostFacts::Everything())) {
      paths.erase(file.path);
    }
    return paths;
  };
  const auto retired = [](const spec::ClusterSpec& spec) {
    std::set<std::string> paths;
    for (const RetiredFile& file : RetiredFiles(spec)) paths.insert(file.path);
    return paths;
  };
  EXPECT_EQ(retired(native), of_other(native, compatible));
  EXPECT_EQ(retired(compatible), of_other(compatible, native));
}

}  // namespace
}  // namespace zprov::render
