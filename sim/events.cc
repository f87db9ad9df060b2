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
  const auto* link = std::get_if<os::LinkChanged>(&event);
  if (link != nullptr && !links_told_.insert(link->name).second) return;
  waiting_.push_back(std::move(event));
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
  std::erase_if(waiting_, [&](const os::Event& event) {
    const bool is_dropped = which(event);
    if (is_dropped) Forget(event);
    return is_dropped;
  });
}

void EventQueue::Forget(const os::Event& event) {
  if (const auto* link = std::get_if<os::LinkChanged>(&event)) links_told_.erase(link->name);
}

void EventQueue::Clear() {
  waiting_.clear();
  links_told_.clear();
  due_.clear();
}

Result<os::Event> EventQueue::Next(os::Moment deadline) {
  CatchUp();
  while (waiting_.empty() && IsDue(deadline)) {
    clock_.AdvanceTo(due_.front().at);
    CatchUp();
  }
  if (!waiting_.empty()) {
    Forget(waiting_.front());
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
