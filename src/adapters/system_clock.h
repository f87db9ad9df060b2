// os::Clock by the kernel's clocks.
#pragma once

#include <memory>

#include "os/clock.h"

namespace zprov::adapters {

std::unique_ptr<os::Clock> MakeSystemClock();

}  // namespace zprov::adapters
