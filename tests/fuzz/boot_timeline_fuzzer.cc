// A boot's timeline as it lies on disk: it is refused with a sentence and no exception, or every
// list is within its bounds, and what was read says the same when it is written again.
#include <algorithm>

#include "engine/boots/timeline_text.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

using engine::BootTimeline;

void CheckTimeline(std::string_view text) {
  const auto boot = engine::ParseTimeline(text);
  if (!boot) {
    ZPROV_HOLDS(boot.error().kind == ErrorKind::kInvalid && !boot.error().message.empty());
    return;
  }
  ZPROV_HOLDS(boot->steps.size() <= BootTimeline::kMostSteps);
  ZPROV_HOLDS(boot->files.size() <= engine::NodeView::kMostRecords);
  ZPROV_HOLDS(boot->began_ns >= 0 && boot->took >= os::Moment(0));
  ZPROV_HOLDS(std::all_of(boot->files.begin(), boot->files.end(), [](const auto& file) {
    return file.at >= os::Moment(0) && file.took >= os::Moment(0);
  }));
  const std::string again = engine::TextOf(*boot);
  if (again.size() > engine::kLongestTimeline) return;  // blanks and escapes make it longer
  ZPROV_HOLDS(engine::ParseTimeline(again) == *boot);
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  zprov::fuzz::CheckTimeline(zprov::fuzz::TextOf(data, size));
  return 0;
}
