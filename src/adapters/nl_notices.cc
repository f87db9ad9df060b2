#include "adapters/nl_notices.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>

#include <array>
#include <cerrno>

#include "adapters/nl_parse.h"

namespace zprov::adapters {

// Fifty nodes that appear at once send some 500 notices of about 4 KiB, as the kernel counts them.
constexpr int kBufferBytes = 4 << 20;

Result<std::unique_ptr<NlNotices>> NlNotices::Open(EventLoop& loop) {
  ZPROV_ASSIGN(NlSocket socket, NlSocket::Open());
  nl_socket_disable_seq_check(socket.raw());
  const bool listening =
      nl_socket_add_memberships(socket.raw(), RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, 0) == 0 &&
      nl_socket_set_nonblocking(socket.raw()) == 0;
  if (!listening) return FailNetlink("listen to the kernel's notices of links", EPERM);
  // A smaller buffer only makes LinksLost likelier.
  (void)nl_socket_set_buffer_size(socket.raw(), kBufferBytes, 0);
  return std::unique_ptr<NlNotices>(new NlNotices(loop, std::move(socket)));
}

NlNotices::NlNotices(EventLoop& loop, NlSocket socket) : loop_(loop), socket_(std::move(socket)) {
  const auto hear = [](nl_msg* message, void* self) {
    static_cast<NlNotices*>(self)->Post(nlmsg_hdr(message));
    return static_cast<int>(NL_OK);
  };
  nl_socket_modify_cb(socket_.raw(), NL_CB_VALID, NL_CB_CUSTOM, hear, this);
  watch_ = loop_.WhenReadable(nl_socket_get_fd(socket_.raw()), [this] { return Hear(); });
}

EventLoop::Watching NlNotices::Hear() {
  const int outcome = nl_recvmsgs_default(socket_.raw());
  if (outcome == -NLE_NOMEM) loop_.Post(os::LinksLost{});  // ENOBUFS
  return EventLoop::Watching::kGoOn;
}

void NlNotices::Post(nlmsghdr* message) {
  if (message->nlmsg_type == RTM_NEWLINK || message->nlmsg_type == RTM_DELLINK) {
    if (const auto parsed = ParseLink(message)) loop_.Post(os::LinkChanged{parsed->link.name});
    return;
  }
  const auto parsed = ParseAddress(message);
  std::array<char, IF_NAMESIZE> name{};
  if (parsed && ::if_indextoname(static_cast<unsigned>(parsed->link_index), name.data())) {
    loop_.Post(os::LinkChanged{name.data()});
  }
}

}  // namespace zprov::adapters
