// The kernel's notices of links and addresses, as os::Event.
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "adapters/nl_socket.h"

namespace zprov::adapters {

class NlNotices {
 public:
  // Heard from here on.
  static Result<std::unique_ptr<NlNotices>> Open(EventLoop& loop);

 private:
  NlNotices(EventLoop& loop, NlSocket socket);

  EventLoop::Watching Hear();
  void Post(nlmsghdr* message);

  EventLoop& loop_;
  NlSocket socket_;
  std::unique_ptr<Watch> watch_;
};

}  // namespace zprov::adapters
