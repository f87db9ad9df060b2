// os::Events by Boost.Asio, on the caller's thread alone: what happens only happens inside Next().
// Other adapters watch their descriptors here and post what they saw. Asio itself is in
// event_loop.cc, and, for those who need it, behind event_loop_asio.h.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "os/events.h"

namespace zprov::adapters {

// Something that goes on until it is destroyed: a watched descriptor, a timer.
class Watch {
 public:
  virtual ~Watch() = default;
};

class EventLoop : public os::Events {
 public:
  // Next() returns it, after what was posted before. A LinkChanged that still waits is not posted
  // twice.
  virtual void Post(os::Event event) = 0;

  // Next() never returns what was posted so far and is one of `which`.
  virtual void Drop(const std::function<bool(const os::Event&)>& which) = 0;

  // Calls `ready` from Next() whenever `fd` has something to read, or its other end is closed,
  // until `ready` says kStop. The descriptor stays the caller's and must outlive the watch; `ready`
  // must not destroy the watch.
  enum class Watching { kGoOn, kStop };
  virtual std::unique_ptr<Watch> WhenReadable(int fd, std::function<Watching()> ready) = 0;

  // Calls `expired` once from Next(), `delay` from now at the earliest; it may destroy the watch.
  virtual std::unique_ptr<Watch> After(std::chrono::nanoseconds delay,
                                       std::function<void()> expired) = 0;
};

// From here on SIGINT, SIGTERM and SIGHUP are events; they act as before once it is destroyed. Must
// outlive every adapter that was given it. `clock` is the one whose time Next() takes.
std::unique_ptr<EventLoop> MakeEventLoop(const os::Clock& clock);

}  // namespace zprov::adapters
