#include "sim/clock.h"

#include <algorithm>

namespace zprov::sim {

void VirtualClock::AdvanceTo(os::Moment moment) { now_ = std::max(now_, moment); }

}  // namespace zprov::sim
