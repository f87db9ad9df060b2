#include "cli/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace zprov::cli {
namespace {

// Characters, not bytes: every byte of UTF-8 but those that continue a character.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

// C0, DEL, and C1 (U+0080 to U+009F, in UTF-8 0xc2 and one more byte).
bool IsControl(unsigned char byte, unsigned char before) {
  return byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte >= 0x80 && byte <= 0x9f);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string shown;
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsControl(byte, before)) {
      if (byte >= 0x80) shown.pop_back();  // its first half
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
    before = byte;
  }
  return shown;
}

std::string Cut(std::string_view line, size_t most) {
  size_t characters = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) >> 6) != 2;
    if (begins && characters++ == most) return std::string(line.substr(0, i));
  }
  return std::string(line);
}

std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - Width(row[i]) + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string Count(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string Size(uint64_t bytes) {
  constexpr std::array kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  while (size >= 999.95 && unit + 1 < kUnits.size()) {  // what would read "1000.0"
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string Age(int64_t made_ns, int64_t now_ns) {
  constexpr int64_t kMinute = int64_t{60} * 1'000'000'000;
  if (made_ns > now_ns) return "?";
  const int64_t minutes = (now_ns - made_ns) / kMinute;
  if (minutes < 60) return minutes < 1 ? "<1 min" : fmt::format("{} min", minutes);
  const int64_t hours = minutes / 60;
  return hours < 48 ? fmt::format("{} h", hours) : fmt::format("{} d", hours / 24);
}

std::string UtcTime(int64_t since_1970_ns) {
  return fmt::format("{:%F %T} UTC",
                     fmt::gmtime(static_cast<time_t>(since_1970_ns / 1'000'000'000)));
}

std::string RfcTime(int64_t since_1970_ns) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(static_cast<time_t>(since_1970_ns / 1'000'000'000)));
}

std::string Numbers(const std::vector<int>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ", "));
}

std::string Generations(const std::vector<int>& numbers) {
  return fmt::format("generation{} {}", numbers.size() == 1 ? "" : "s", Numbers(numbers));
}

}  // namespace zprov::cli
