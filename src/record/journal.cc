#include "record/journal.h"

#include <charconv>
#include <optional>

#include "record/line.h"
#include "util/strings.h"

namespace zprov::record {
namespace {

// Of "[  123.456789] snail kernel: …".
std::optional<std::chrono::nanoseconds> MomentOf(std::string_view line) {
  if (!line.starts_with('[')) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' ', 1), line.size()));
  double seconds = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seconds);
  if (error != std::errc() || end == line.data() + line.size() || *end != ']') return std::nullopt;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

}  // namespace

std::string JournalFrom(std::string_view journal, std::chrono::nanoseconds moment) {
  std::string kept;
  bool is_since = false;
  for (const std::string_view line : LinesWithEndings(journal)) {
    if (const auto said = MomentOf(line)) is_since = *said >= moment;
    if (!is_since) continue;
    kept += HasPrivateKey(line) ? std::string(kRemovedKey) + "\n" : std::string(line);
  }
  return kept;
}

}  // namespace zprov::record
