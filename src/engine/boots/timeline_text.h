// The form in which a BootTimeline is kept: one JSON object. Reading is for bytes that a power cut
// or a stranger may have left.
#pragma once

#include <string>
#include <string_view>

#include "engine/boots/timeline.h"
#include "util/result.h"

namespace zprov::engine {

// More than the longest that TextOf makes.
inline constexpr size_t kLongestTimeline = size_t{4} << 20;

std::string TextOf(const BootTimeline& timeline);

// kInvalid, with what is wrong: anything but one such object of this version, with every number in
// range and every list within its bounds.
Result<BootTimeline> ParseTimeline(std::string_view text);

}  // namespace zprov::engine
