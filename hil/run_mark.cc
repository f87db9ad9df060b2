#include "hil/run_mark.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr std::string_view kFirstLine = "zprov --hil 2";
constexpr uint64_t kMostBytes = 1 << 20;
constexpr unsigned long kMostNumber = 1'000'000'000;

std::optional<int> NumberIn(std::string_view word) {
  const auto number = ParseNumber(word, kMostNumber);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::optional<RunMark> ParseMark(std::string_view text) {
  const auto lines = Split(text, '\n');
  const auto newest = lines.size() < 2 ? std::nullopt : NumberIn(lines[1]);
  if (lines.front() != kFirstLine || !newest) return std::nullopt;
  RunMark mark{.newest = *newest, .nodes = {}};
  for (size_t i = 2; i < lines.size(); ++i) {
    const auto words = Words(lines[i]);
    if (words.empty()) continue;
    const auto generation = words.size() == 2 ? NumberIn(words[1]) : std::nullopt;
    if (!generation) return std::nullopt;
    mark.nodes.push_back({std::string(words[0]), *generation});
  }
  return mark;
}

}  // namespace

std::vector<std::string> NamesOf(const RunMark& mark) {
  std::vector<std::string> names;
  for (const RunMark::Node& node : mark.nodes) names.push_back(node.name);
  return names;
}

std::string RunMarkPath(const spec::ClusterSpec& spec) {
  return generations::StateDirectory(spec) + "/hil.run";
}

Result<void> WriteRunMark(os::System& system, const spec::ClusterSpec& spec, const RunMark& mark) {
  const std::string path = RunMarkPath(spec);
  std::string text = fmt::format("{}\n{}\n", kFirstLine, mark.newest);
  for (const RunMark::Node& node : mark.nodes) {
    text += fmt::format("{} {}\n", node.name, node.generation);
  }
  ZPROV_TRY(system.files.Write(path, text, 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

Result<std::optional<RunMark>> ReadRunMark(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  const auto text = system.files.Read(path, kMostBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  auto mark = ParseMark(*text);
  if (!mark) {
    return Fail(ErrorKind::kInvalid,
                path +
                    " was not written by this version of zprov: see that every node has power, "
                    "zprov boot, then remove that file");
  }
  std::erase_if(mark->nodes, [&](const RunMark::Node& node) {
    return std::ranges::find(spec.nodes, node.name, &spec::Node::name) == spec.nodes.end();
  });
  return mark;
}

Result<void> RemoveRunMark(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  ZPROV_TRY(system.trees.Remove(path));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::hil
