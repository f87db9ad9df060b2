#include "hil/run_mark.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr std::string_view kFirstLine = "zprov --hil 7";
constexpr uint64_t kLongestMark = 1 << 20;
constexpr unsigned long kMostNumber = 1'000'000'000;

std::optional<int> NumberIn(std::string_view word) {
  const auto number = ParseNumber(word, kMostNumber);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::optional<RunMark> ParseMark(std::string_view text) {
  const auto lines = Split(text, '\n');
  const bool is_whole = lines.size() == 8 && lines[0] == kFirstLine && lines[7].empty();
  if (!is_whole) return std::nullopt;
  std::vector<int> numbers;
  for (const std::string_view word : Words(lines[1])) {
    const auto number = NumberIn(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.empty()) return std::nullopt;
  RunMark mark{
      .newest = numbers.front(), .made = {numbers.begin() + 1, numbers.end()}, .nodes = {}};
  for (const std::string_view word : Words(lines[2])) mark.nodes.emplace_back(word);
  for (const std::string_view word : Words(lines[3])) mark.exchanged.emplace_back(word);
  if (!mark.exchanged.empty() && mark.exchanged.size() != 2) return std::nullopt;
  if (Words(lines[4]).size() > 1) return std::nullopt;
  mark.pulled = lines[4];
  mark.laid = lines[5];
  mark.laid_line = lines[6];
  return mark;
}

}  // namespace

std::string RunMarkPath(const spec::ClusterSpec& spec) {
  return generations::StateDirectory(spec) + "/hil.run";
}

Result<void> WriteRunMark(os::System& system, const spec::ClusterSpec& spec, const RunMark& mark) {
  const std::string path = RunMarkPath(spec);
  std::string text = fmt::format("{}\n{}", kFirstLine, mark.newest);
  for (const int number : mark.made) text += fmt::format(" {}", number);
  text += "\n";
  for (const std::string& line :
       {Join(mark.nodes, " "), Join(mark.exchanged, " "), mark.pulled, mark.laid, mark.laid_line}) {
    text += line + "\n";
  }
  ZPROV_TRY(system.files.Write(path, text, 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

Result<std::optional<RunMark>> ReadRunMark(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  const auto text = system.files.Read(path, kLongestMark);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  auto mark = ParseMark(*text);
  if (!mark) {
    return Fail(ErrorKind::kInvalid,
                path +
                    " was not written by this version of zprov: see that every node has power, "
                    "zprov boot, then remove that file");
  }
  std::erase_if(mark->nodes, [&](const std::string& node) {
    return std::ranges::find(spec.nodes, node, &spec::Node::name) == spec.nodes.end();
  });
  return mark;
}

Result<RunMark> NeedRunMark(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(auto mark, ReadRunMark(system, spec));
  if (!mark) return Fail(ErrorKind::kNotFound, RunMarkPath(spec) + " is gone: who removed it?");
  return *std::move(mark);
}

Result<void> RemoveRunMark(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = RunMarkPath(spec);
  ZPROV_TRY(system.trees.Remove(path));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::hil
