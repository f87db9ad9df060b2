#include "sim/late_notices.h"

#include <utility>

namespace zprov::sim {

void LateNotices::Tell(os::Event notice) {
  waiting_.push_back(std::move(notice));
  TellWaiting();
}

// Whoever comes later waits behind who waits already, also when the hold is changed meanwhile.
void LateNotices::TellWaiting() {
  if (waiting_.empty()) return;
  if (queue_.Now() < until_) {
    queue_.After(until_ - queue_.Now(), [this] { TellWaiting(); });
    return;
  }
  for (os::Event& notice : std::exchange(waiting_, {})) queue_.Post(std::move(notice));
}

void LateNotices::Clear() {
  waiting_.clear();
  until_ = os::Moment{0};
}

}  // namespace zprov::sim
