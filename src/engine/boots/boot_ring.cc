#include "engine/boots/boot_ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "core/generations/layout.h"
#include "engine/boots/timeline_text.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr std::string_view kEnding = ".json";
constexpr uint32_t kDirectoryMode = 0700;
constexpr uint32_t kFileMode = 0600;
constexpr int64_t kLastNumber = INT64_MAX - 1;

std::string FileName(int64_t number) { return fmt::format("{}{}", number, kEnding); }

// Nothing for names that no ring has.
std::optional<int64_t> NumberOf(std::string_view name) {
  if (!name.ends_with(kEnding)) return std::nullopt;
  name.remove_suffix(kEnding.size());
  int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_whole = error == std::errc() && end == name.data() + name.size();
  if (!is_whole || number < 1 || number > kLastNumber) return std::nullopt;
  return FileName(number) == std::string(name) + std::string(kEnding) ? std::optional(number)
                                                                      : std::nullopt;
}

// Upwards.
std::vector<int64_t> NumbersIn(const std::vector<std::string>& names) {
  std::vector<int64_t> numbers;
  for (const std::string& name : names) {
    if (const auto number = NumberOf(name)) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<void> MakeIfMissing(os::Trees& trees, const std::string& directory) {
  auto made = trees.MakeDirectory(directory, kDirectoryMode);
  if (!made && made.error().kind != ErrorKind::kExists) return made;
  return {};
}

Result<std::vector<std::string>> ListOrMake(os::Trees& trees, const std::string& directory) {
  auto names = trees.List(directory);
  if (names || names.error().kind != ErrorKind::kNotFound) return names;
  ZPROV_TRY(MakeIfMissing(trees, ParentOf(directory)));
  ZPROV_TRY(MakeIfMissing(trees, directory));
  return std::vector<std::string>();
}

// Downwards: of the files that are kept of a node.
Result<std::vector<int64_t>> LatestOf(os::System& system, const std::string& directory) {
  const auto names = system.trees.List(directory);
  if (!names && names.error().kind == ErrorKind::kNotFound) return std::vector<int64_t>();
  if (!names) return tl::make_unexpected(names.error());
  std::vector<int64_t> numbers = NumbersIn(*names);
  std::ranges::reverse(numbers);
  return numbers;
}

Result<BootTimeline> ReadOne(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const std::string text, system.files.Read(path, kLongestTimeline));
  return ParseTimeline(text);
}

}  // namespace

Result<void> KeepBoot(os::Files& files, os::Trees& trees, const std::string& directory,
                      const std::string& text) {
  ZPROV_ASSIGN(const auto names, ListOrMake(trees, directory));
  const std::vector<int64_t> numbers = NumbersIn(names);
  const int64_t next = numbers.empty() ? 1 : numbers.back() + 1;
  ZPROV_TRY(files.Write(JoinPath(directory, FileName(next)), text, kFileMode));
  const size_t most_others = kBootsKept - 1;
  const size_t surplus = numbers.size() > most_others ? numbers.size() - most_others : 0;
  for (size_t i = 0; i < surplus; ++i) {
    ZPROV_TRY(trees.Remove(JoinPath(directory, FileName(numbers[i]))));
  }
  return {};
}

Result<KeptBoots> ReadBoots(os::System& system, const spec::ClusterSpec& spec,
                            const std::string& node) {
  const std::string directory = generations::BootsPath(spec, node);
  ZPROV_ASSIGN(std::vector<int64_t> numbers, LatestOf(system, directory));
  if (numbers.size() > kBootsKept) numbers.resize(kBootsKept);
  KeptBoots kept;
  for (const int64_t number : numbers) {
    const std::string path = JoinPath(directory, FileName(number));
    auto timeline = ReadOne(system, path);
    if (!timeline) {
      kept.damaged.push_back(path + ": " + timeline.error().message);
      continue;
    }
    kept.boots.push_back({number, *std::move(timeline)});
  }
  return kept;
}

Result<std::optional<BootTimeline>> ReadLatestBoot(os::System& system,
                                                   const spec::ClusterSpec& spec,
                                                   const std::string& node) {
  const std::string directory = generations::BootsPath(spec, node);
  ZPROV_ASSIGN(const std::vector<int64_t> numbers, LatestOf(system, directory));
  if (numbers.empty()) return std::optional<BootTimeline>();
  auto latest = ReadOne(system, JoinPath(directory, FileName(numbers.front())));
  return latest ? std::optional(*std::move(latest)) : std::nullopt;
}

}  // namespace zprov::engine
