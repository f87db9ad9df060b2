// One rtnetlink socket of libnl-3: asks and dumps, with the kernel's errno kept (libnl's own codes
// lose some of them, EDOM for one). What the messages mean is not its business.
#pragma once

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <functional>
#include <memory>

#include "util/result.h"

namespace zprov::adapters {

struct FreeMessage {
  void operator()(nl_msg* message) const { nlmsg_free(message); }
};
using NlMessage = std::unique_ptr<nl_msg, FreeMessage>;

// A message of `type` (RTM_…) with NLM_F_… `flags` that begins with `header` (ifinfomsg, ndmsg, …).
// Out of memory ends the program, as everywhere.
template <typename Header>
NlMessage MakeMessage(int type, int flags, const Header& header) {
  NlMessage message(nlmsg_alloc_simple(type, flags));
  nlmsg_append(message.get(), const_cast<Header*>(&header), sizeof header, NLMSG_ALIGNTO);
  return message;
}

class NlSocket {
 public:
  static Result<NlSocket> Open();

  // Sends a change and waits for the kernel's verdict: 0 or an errno.
  int Ask(NlMessage message);

  // Calls `each` for every message the kernel has of that kind, at a moment when nothing changed:
  // 0 or an errno. `type` is RTM_GET…, `family` AF_….
  int Dump(int type, int family, const std::function<void(nlmsghdr*)>& each);

  nl_sock* raw() { return socket_.get(); }

 private:
  struct Free {
    void operator()(nl_sock* socket) const { nl_socket_free(socket); }
  };
  explicit NlSocket(nl_sock* socket) : socket_(socket) {}

  std::unique_ptr<nl_sock, Free> socket_;
};

// The one place where a verdict of rtnetlink becomes an error; "DOING: " in front of the sentence.
[[nodiscard]] tl::unexpected<Error> FailNetlink(std::string_view doing, int number);

}  // namespace zprov::adapters
