#include "sim/background.h"

#include <algorithm>
#include <utility>

namespace zprov::sim {

os::BackgroundId Background::Start(os::BackgroundJob job) {
  const os::BackgroundId id = ++last_;
  idle_at_ = std::max(idle_at_, queue_.Now()) + kTakes;
  queue_.After(idle_at_ - queue_.Now(),
               [this, id, job = std::move(job), alive = std::weak_ptr(alive_)] {
                 if (alive.expired()) return;
                 const auto done = job(files_, trees_);
                 queue_.Post(os::BackgroundEnded{id, done ? "" : done.error().message});
               });
  return id;
}

}  // namespace zprov::sim
