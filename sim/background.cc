#include "sim/background.h"

#include <algorithm>
#include <utility>

namespace zprov::sim {

os::BackgroundId Background::Start(os::BackgroundJob job) {
  waiting_.emplace_back(++last_, std::move(job));
  idle_at_ = std::max(idle_at_, queue_.Now()) + kTakes;
  queue_.After(idle_at_ - queue_.Now(), [this, id = last_, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    DoUpTo(id);
  });
  return last_;
}

void Background::Finish() { DoUpTo(last_); }

void Background::DoUpTo(os::BackgroundId last) {
  while (!waiting_.empty() && waiting_.front().first <= last) {
    const auto [id, job] = std::move(waiting_.front());
    waiting_.pop_front();
    const auto done = job(files_, trees_);
    queue_.Post(os::BackgroundEnded{id, done ? "" : done.error().message});
  }
}

}  // namespace zprov::sim
