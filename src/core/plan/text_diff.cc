#include "core/plan/text_diff.h"

#include <fmt/format.h>

#include <dtl/dtl.hpp>
#include <sstream>
#include <vector>

#include "util/strings.h"

namespace zprov::plan {
namespace {

// A line as it is shown: printable, without its newline.
std::string Shown(std::string_view line) {
  std::string shown;
  const bool ended = line.ends_with('\n');
  if (ended) line.remove_suffix(1);
  for (char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7f || (byte < 0x20 && c != '\t')) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  return shown + (ended ? "" : "\n\\ No newline at end of file");
}

std::vector<std::string> ShownLines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::string_view line : LinesWithEndings(text)) lines.push_back(Shown(line));
  return lines;
}

}  // namespace

std::string UnifiedDiff(std::string_view before, std::string_view after) {
  if (before == after) return {};
  dtl::Diff<std::string> diff(ShownLines(before), ShownLines(after));
  diff.onHuge();
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream out;
  diff.printUnifiedFormat(out);
  return out.str();
}

}  // namespace zprov::plan
