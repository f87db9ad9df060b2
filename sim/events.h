// What happens in the simulated world, in virtual time: happenings (the world changes) and the
// os::Events they leave for the engine. It decides alone what comes next: by time, then in the
// order in which it was told. It knows nothing about links or processes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "os/events.h"
#include "sim/clock.h"

namespace zprov::sim {

class EventQueue {
 public:
  using Happening = std::function<void()>;

  explicit EventQueue(VirtualClock& clock) : clock_(clock) {}

  // The engine hears of it at its next Next(). A LinkChanged that still waits is not said twice.
  void Post(os::Event event);

  // The world changes when virtual time reaches `delay` from now.
  void After(std::chrono::nanoseconds delay, Happening happening);

  // Lets everything happen that was due by now: whoever moved the clock, or reads the world, calls
  // it. Harmless inside a happening.
  void CatchUp();

  // Nobody hears any more of what waits and is one of `which`.
  void Drop(const std::function<bool(const os::Event&)>& which);

  // Nothing that was planned happens, nothing that waits is heard: the host lost its power.
  void Clear();

  os::Moment Now() const { return clock_.Now(); }

  // As os::Events::Next.
  Result<os::Event> Next(os::Moment deadline);

 private:
  struct Due {
    os::Moment at;
    uint64_t number;  // in the order in which it was told
    Happening happening;
  };

  bool IsDue(os::Moment now) const { return !due_.empty() && due_.front().at <= now; }
  void RunFirst();
  void Forget(const os::Event& event);  // it does not wait any more

  VirtualClock& clock_;
  std::deque<os::Event> waiting_;
  std::set<std::string> links_told_;  // whose LinkChanged is among them
  std::vector<Due> due_;              // a heap, the first one in front
  uint64_t told_ = 0;
  bool happening_ = false;
};

class Events final : public os::Events {
 public:
  explicit Events(EventQueue& queue) : queue_(queue) {}
  // kTimedOut when the deadline is Moment::max() and nothing will ever happen.
  Result<os::Event> Next(os::Moment deadline) override { return queue_.Next(deadline); }

 private:
  EventQueue& queue_;
};

}  // namespace zprov::sim
