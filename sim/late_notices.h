// Notices of the kernel whose readers may be late: told at once, or in their order when a hold is
// over.
#pragma once

#include <vector>

#include "sim/events.h"

namespace zprov::sim {

class LateNotices {
 public:
  explicit LateNotices(EventQueue& queue) : queue_(queue) {}

  void Tell(os::Event notice);
  // Whatever is not told yet, and what comes, is told then; the last word counts.
  void HoldUntil(os::Moment until) { until_ = until; }
  // What is not told yet never is, and nothing is held.
  void Clear();

 private:
  void TellWaiting();

  EventQueue& queue_;
  std::vector<os::Event> waiting_;
  os::Moment until_{0};
};

}  // namespace zprov::sim
