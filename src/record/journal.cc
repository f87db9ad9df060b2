#include "record/journal.h"

#include <optional>

#include "record/line.h"
#include "util/strings.h"

namespace zprov::record {
namespace {

// Of "[  123.456789] snail kernel: …".
std::optional<std::chrono::nanoseconds> MomentOf(std::string_view line) {
  constexpr unsigned long kMostSeconds = 1'000'000'000;  // more than thirty years up
  constexpr unsigned long kMostMicroseconds = 999'999;
  const size_t point = line.find('.');
  const size_t end = line.find(']');
  if (!line.starts_with('[') || point > end || end == line.npos) return std::nullopt;
  const auto seconds = ParseNumber(Trim(line.substr(1, point - 1)), kMostSeconds);
  const auto rest = ParseNumber(line.substr(point + 1, end - point - 1), kMostMicroseconds);
  if (!seconds || !rest) return std::nullopt;
  return std::chrono::seconds(*seconds) + std::chrono::microseconds(*rest);
}

}  // namespace

std::string JournalFrom(std::string_view journal, std::chrono::nanoseconds moment) {
  std::string kept;
  bool is_since = false;
  bool is_in_key = false;
  for (const std::string_view line : LinesWithEndings(journal)) {
    if (const auto said = MomentOf(line)) is_since = *said >= moment;
    const bool was_in_key = is_in_key;
    if (HasPrivateKey(line)) is_in_key = line.rfind("BEGIN ") + 1 > line.rfind("END ") + 1;
    if (!is_since || was_in_key) continue;
    kept += HasPrivateKey(line) ? std::string(kRemovedKey) + "\n" : std::string(line);
  }
  return kept;
}

}  // namespace zprov::record
