#include "tests/unit/core/render/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace zprov::render {
namespace {

// field-facts.md, Addresses: 192.168.7.(33+4i); the host-side MAC ends in that byte + 1.
spec::Node ProcedureNode(int index) {
  const auto step = static_cast<uint32_t>(4 * index);
  spec::Node node;
  node.name = "s" + std::to_string(index);
  node.address = {Ipv4::Parse("192.168.7.33")->number + step};
  node.host_mac = *Mac::FromNumber(Mac::Parse("02:34:33:3c:50:22")->Number() + step);
  node.node_mac = *Mac::FromNumber(Mac::Parse("02:34:33:3c:50:21")->Number() + step);
  return node;
}

}  // namespace

spec::ClusterSpec CompatibleCluster(int nodes) {
  spec::ClusterSpec spec;
  spec.mode = spec::Mode::kCompatible;
  spec.bridge.address = *InterfaceAddress::Parse("192.168.7.2/24");
  spec.bridge.mac = *Mac::Parse("02:34:33:3c:50:03");
  spec.deny = {"usb0", "usb2", "usb3", "usb4", "usb5"};
  for (int i = 0; i < nodes; ++i) spec.nodes.push_back(ProcedureNode(i));
  return spec;
}

spec::ClusterSpec NativeCluster() {
  spec::ClusterSpec spec = CompatibleCluster(5);
  spec.mode = spec::Mode::kNative;
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
