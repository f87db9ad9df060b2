#include "sim/clock.h"

#include <algorithm>

namespace zprov::sim {

std::chrono::nanoseconds VirtualClock::WallTime() const { return wall_offset_ + now_; }

void VirtualClock::AdvanceTo(os::Moment moment) { now_ = std::max(now_, moment); }

}  // namespace zprov::sim
