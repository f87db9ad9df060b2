// The Asio side of the event loop, for adapters of libraries that speak Asio themselves. Keep it
// out of other headers: it is slow to compile.
#pragma once

#include <boost/asio/io_context.hpp>

#include "adapters/event_loop.h"

namespace zprov::adapters {

class AsioLoop : public EventLoop {
 public:
  virtual boost::asio::io_context& Context() = 0;
};

// `loop` comes from MakeEventLoop: there is no other kind.
inline boost::asio::io_context& ContextOf(EventLoop& loop) {
  return static_cast<AsioLoop&>(loop).Context();
}

}  // namespace zprov::adapters
