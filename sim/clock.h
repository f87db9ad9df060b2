// Virtual time: it stands still until somebody moves it.
#pragma once

#include "os/clock.h"

namespace zprov::sim {

class VirtualClock : public os::Clock {
 public:
  os::Moment Now() const override { return now_; }
  std::chrono::nanoseconds WallTime() const override;

  // Never backwards.
  void AdvanceTo(os::Moment moment);
  void Advance(std::chrono::nanoseconds by) { AdvanceTo(now_ + by); }
  // The operator, or NTP, sets the wall clock: steady time does not notice.
  void SetWallTime(std::chrono::nanoseconds since_1970) { wall_offset_ = since_1970 - now_; }

 private:
  os::Moment now_{0};
  std::chrono::nanoseconds wall_offset_ = std::chrono::seconds(1'500'000'000);  // 2017-07-14
};

}  // namespace zprov::sim
