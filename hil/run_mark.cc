#include "hil/run_mark.h"

#include <algorithm>

#include "core/generations/layout.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr std::string_view kFirstLine = "zprov --hil 1";
constexpr uint64_t kMostBytes = 1 << 20;

}  // namespace

std::string RunMarkPath(const spec::ClusterSpec& spec) {
  return generations::StateDirectory(spec) + "/hil.run";
}

Result<void> WriteRunMark(os::System& system, const spec::ClusterSpec& spec,
                          const std::vector<std::string>& nodes) {
  const std::string path = RunMarkPath(spec);
  std::string text = std::string(kFirstLine) + "\n";
  for (const std::string& node : nodes) text += node + "\n";
  ZPROV_TRY(system.files.Write(path, text, 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

Result<std::optional<std::vector<std::string>>> ReadRunMark(os::System& system,
                                                            const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  const auto text = system.files.Read(path, kMostBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  const auto lines = Split(*text, '\n');
  if (lines.front() != kFirstLine) {
    return Fail(ErrorKind::kInvalid,
                path +
                    " was not written by this version of zprov: see that every node has power, "
                    "zprov boot, then remove that file");
  }
  std::vector<std::string> nodes;
  for (const std::string_view line : lines) {
    if (std::ranges::find(spec.nodes, line, &spec::Node::name) == spec.nodes.end()) continue;
    nodes.emplace_back(line);
  }
  return nodes;
}

Result<void> RemoveRunMark(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  ZPROV_TRY(system.trees.Remove(path));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::hil
