#include "sim/events.h"

#include <algorithm>

namespace zprov::sim {

void EventQueue::Post(os::Event event) {
  const bool said = std::holds_alternative<os::LinkChanged>(event) &&
                    std::find(waiting_.begin(), waiting_.end(), event) != waiting_.end();
  if (!said) waiting_.push_back(std::move(event));
}

void EventQueue::After(std::chrono::nanoseconds delay, Happening happening) {
  due_.emplace(std::pair(clock_.Now() + delay, told_++), std::move(happening));
}

void EventQueue::RunFirst() {
  auto first = due_.extract(due_.begin());
  happening_ = true;
  first.mapped()();
  happening_ = false;
}

void EventQueue::CatchUp() {
  if (happening_) return;
  while (!due_.empty() && due_.begin()->first.first <= clock_.Now()) RunFirst();
}

void EventQueue::Drop(const std::function<bool(const os::Event&)>& which) {
  std::erase_if(waiting_, which);
}

void EventQueue::Clear() {
  waiting_.clear();
  due_.clear();
}

Result<os::Event> EventQueue::Next(os::Moment deadline) {
  CatchUp();
  while (waiting_.empty() && !due_.empty() && due_.begin()->first.first <= deadline) {
    clock_.AdvanceTo(due_.begin()->first.first);
    CatchUp();
  }
  if (!waiting_.empty()) {
    os::Event event = std::move(waiting_.front());
    waiting_.pop_front();
    return event;
  }
  if (deadline == os::Moment::max()) {
    return Fail(ErrorKind::kTimedOut,
                "nothing will ever happen in the simulated world: wait with a deadline, or plan "
                "something before waiting");
  }
  clock_.AdvanceTo(deadline);
  return os::DeadlinePassed{};
}

}  // namespace zprov::sim
