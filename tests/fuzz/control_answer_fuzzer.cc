// A line from the other end of the control socket: a snapshot that says the same when it is written
// and read again, or an error with a kind.
#include "engine/serve/control_answer.h"
#include "fuzz/property.h"
#include "os/control.h"

namespace {

using namespace zprov;

std::optional<engine::Snapshot> Read(const std::vector<std::string>& lines) {
  engine::AnswerReader reader;
  std::optional<engine::Snapshot> whole;
  for (const std::string& line : lines) {
    ZPROV_HOLDS(!whole && line.size() <= os::kMaxControlLine);
    auto read = reader.Take(line, std::chrono::hours(24 * 365 * 20));
    ZPROV_HOLDS(read.has_value());
    whole = std::move(*read);
  }
  return whole;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  engine::AnswerReader reader;
  const auto read = reader.Take(fuzz::TextOf(data, size), std::chrono::hours(24 * 365 * 20));
  if (!read || !*read) return 0;
  // Longer texts than serve sends are cut when they are written again; then nothing more changes.
  const auto written = LinesOf(**read);
  const auto again = Read(written);
  ZPROV_HOLDS(again.has_value() && again->nodes.size() == (*read)->nodes.size());
  ZPROV_HOLDS(Read(LinesOf(*again)) == again);
  return 0;
}
