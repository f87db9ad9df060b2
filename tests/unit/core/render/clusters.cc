#include "tests/unit/core/render/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/spec/format.h"
#include "core/spec/parse.h"

namespace zprov::render {

spec::ClusterSpec SeedCluster() {
  const spec::ParsedSpec parsed = spec::ParseSpec(SourceFile("fixtures/seed/cluster.toml"));
  EXPECT_TRUE(parsed.spec) << "fixtures/seed/cluster.toml has errors";
  return parsed.spec.value_or(spec::ClusterSpec{});
}

spec::ClusterSpec CompatibleCluster(int nodes) {
  return spec::ProcedureSpec(nodes, spec::Mode::kCompatible).value();
}

spec::ClusterSpec NativeCluster() {
  spec::ClusterSpec spec = spec::ProcedureSpec(5, spec::Mode::kNative).value();
  const char* const ports[] = {"1-1.2.1", "1-1.2.2", "1-1.3", "1-1.4", "1-1.5"};
  for (size_t i = 0; i < spec.nodes.size(); ++i) spec.nodes[i].usb = PortPath::Parse(ports[i]);
  return spec;
}

ManagedFile FileNamed(const spec::ClusterSpec& spec, const std::string& name) {
  for (ManagedFile& file : ManagedFiles(spec, HostFacts::Everything())) {
    if (file.name == name) return std::move(file);
  }
  ADD_FAILURE() << "no managed file " << name;
  return {};
}

bool HasFile(const spec::ClusterSpec& spec, const std::string& name, const HostFacts& facts) {
  const auto files = ManagedFiles(spec, facts);
  return std::any_of(files.begin(), files.end(),
                     [&](const ManagedFile& file) { return file.name == name; });
}

std::string Content(const spec::ClusterSpec& spec, const std::string& name) {
  return PlainContent(FileNamed(spec, name));
}

std::string SourceFile(const std::string& path) {
  std::ifstream file(std::string(ZPROV_SOURCE_DIR "/") + path, std::ios::binary);
  EXPECT_TRUE(file) << path << " is not there";
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace zprov::render
