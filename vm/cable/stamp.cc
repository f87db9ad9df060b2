#include "vm/cable/stamp.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <iomanip>
#include <sstream>

namespace zprov::vm {

std::string Stamp(std::chrono::nanoseconds wall_time) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(wall_time).count();
  constexpr int64_t kSecond = 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+0000", fmt::gmtime(since / kSecond),
                     since % kSecond);
}

std::optional<std::chrono::nanoseconds> StampOf(std::string_view text) {
  std::tm time{};
  int64_t microseconds = 0;
  std::istringstream in{std::string(text.substr(0, 31))};
  char dot = 0;
  std::string zone;
  in >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S") >> dot >> microseconds >> zone;
  if (!in || dot != '.' || zone != "+0000") return std::nullopt;
  return std::chrono::seconds(timegm(&time)) + std::chrono::microseconds(microseconds);
}

std::string StampedLines::Add(std::string_view bytes, std::chrono::nanoseconds wall_time) {
  std::string lines;
  for (const char c : bytes) {
    if (c == '\r') continue;
    if (!is_within_line_) lines += Stamp(wall_time) + " ";
    lines += c;
    is_within_line_ = c != '\n';
  }
  return lines;
}

}  // namespace zprov::vm
