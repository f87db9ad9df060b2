#include "vm/cluster/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "vm/cable/stamp.h"

namespace zprov::vm {
namespace {

constexpr size_t kDate = std::string_view("2026-11-28T").size();
constexpr size_t kTimed = std::string_view("2026-11-28T15:41:37.123456").size();
constexpr size_t kStamp = std::string_view("2026-11-28T15:41:37.123456+0000 ").size();

struct Told {
  std::string when;  // without its zone
  std::string_view name;
  std::string_view text;
};

bool HasStamp(std::string_view line) {
  return line.size() >= kStamp && line[4] == '-' && line[kDate - 1] == 'T' &&
         line.substr(kTimed, kStamp - kTimed) == "+0000 ";
}

// "[   12.345678] text", as the kernel prints it.
std::optional<std::chrono::nanoseconds> KernelTime(std::string_view line) {
  if (!line.starts_with('[')) return std::nullopt;
  const size_t begin = std::min(line.find_first_not_of(' ', 1), line.size());
  double uptime = 0;
  const char* const last = line.data() + line.size();
  const auto [end, error] = std::from_chars(line.data() + begin, last, uptime);
  if (error != std::errc() || end == last || *end != ']') return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(uptime * 1e9));
}

void AddLines(const Log& log, std::vector<Told>& lines) {
  std::string when = log.kernel_start ? Stamp(*log.kernel_start).substr(0, kTimed) : "";
  std::string_view rest = log.text;
  while (!rest.empty()) {
    const size_t size = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, size);
    rest.remove_prefix(std::min(size + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto kernel = log.kernel_start ? KernelTime(line) : std::nullopt;
    if (kernel) when = Stamp(*log.kernel_start + *kernel).substr(0, kTimed);
    if (!log.kernel_start && HasStamp(line)) {
      when = line.substr(0, kTimed);
      line.remove_prefix(kStamp);
    }
    lines.push_back({when, log.name, line});
  }
}

}  // namespace

std::string MergedByTime(const std::vector<Log>& logs) {
  std::vector<Told> lines;
  size_t width = 0;
  for (const Log& log : logs) {
    AddLines(log, lines);
    width = std::max(width, log.name.size());
  }
  std::ranges::stable_sort(lines, {}, &Told::when);
  std::string merged;
  for (const Told& line : lines) {
    const std::string_view time =
        line.when.empty() ? "" : std::string_view(line.when).substr(kDate);
    merged += fmt::format("{:15}  {:{}} | {}\n", time, line.name, width, line.text);
  }
  return merged;
}

}  // namespace zprov::vm
