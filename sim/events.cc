#include "sim/events.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace zprov::sim {
namespace {

// For the heap, which has the greatest in front.
constexpr auto kLater = [](const auto& one, const auto& other) {
  return std::tie(one.at, one.number) > std::tie(other.at, other.number);
};

}  // namespace

void EventQueue::Post(os::Event event) {
  const bool said = std::holds_alternative<os::LinkChanged>(event) &&
                    std::find(waiting_.begin(), waiting_.end(), event) != waiting_.end();
  if (!said) waiting_.push_back(std::move(event));
}

void EventQueue::After(std::chrono::nanoseconds delay, Happening happening) {
  due_.push_back({clock_.Now() + delay, told_++, std::move(happening)});
  std::ranges::push_heap(due_, kLater);
}

void EventQueue::RunFirst() {
  std::ranges::pop_heap(due_, kLater);
  const Happening first = std::move(due_.back().happening);
  due_.pop_back();
  happening_ = true;
  first();
  happening_ = false;
}

void EventQueue::CatchUp() {
  if (happening_) return;
  while (IsDue(clock_.Now())) RunFirst();
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
  while (waiting_.empty() && IsDue(deadline)) {
    clock_.AdvanceTo(due_.front().at);
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
