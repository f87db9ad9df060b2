// When a line of a log came, written as journalctl's short-iso-precise does in UTC, so that all
// logs of a cluster can be laid side by side (vm/cluster/story.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace zprov::vm {

// "2026-11-28T15:41:37.123456+0000", of nanoseconds since 1970.
std::string Stamp(std::chrono::nanoseconds wall_time);

// Of text that begins with one; nothing: it does not.
std::optional<std::chrono::nanoseconds> StampOf(std::string_view text);

// Bytes of a console, as they come, with a stamp in front of each line.
class StampedLines {
 public:
  // What is to be written to the log now; carriage returns are left out.
  std::string Add(std::string_view bytes, std::chrono::nanoseconds wall_time);

 private:
  bool is_within_line_ = false;
};

}  // namespace zprov::vm
