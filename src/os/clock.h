// Time as the engine sees it. The simulator's clock moves only when its world does.
#pragma once

#include <chrono>

namespace zprov::os {

// Steady time since an arbitrary start: for deadlines and durations.
using Moment = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Moment Now() const = 0;
  // Nanoseconds since 1970 UTC: for people and file times. The host has no battery clock, so it
  // may jump; never subtract two of them to get a duration.
  virtual std::chrono::nanoseconds WallTime() const = 0;
};

}  // namespace zprov::os
