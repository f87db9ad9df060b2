#include "adapters/nl_socket.h"

#include <linux/rtnetlink.h>
#include <netlink/errno.h>

#include <array>
#include <cerrno>
#include <vector>

#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

struct NlRow {
  int number;
  ErrorKind kind;
  std::string_view sentence;
};

constexpr std::array kNlRows = {
    NlRow{ENODEV, ErrorKind::kNotFound, "the link has left: look at the links that are there"},
    NlRow{EEXIST, ErrorKind::kExists, "the name is taken: rename the other link first"},
    NlRow{EBUSY, ErrorKind::kBusy, "the link is in use: take it down and out of its bridge first"},
    NlRow{EPERM, ErrorKind::kPermission, "the kernel denied it: run this as root"},
    NlRow{EACCES, ErrorKind::kPermission, "the kernel denied it: run this as root"},
    NlRow{EDOM, ErrorKind::kOutOfRange, "the driver cannot frame this MTU: take one more or less"},
    NlRow{ERANGE, ErrorKind::kOutOfRange, "the kernel refuses this number: take a smaller one"},
    NlRow{EADDRNOTAVAIL, ErrorKind::kInvalid,
          "no address for one link: take a MAC that is not zero and whose first byte is even"},
    NlRow{ELOOP, ErrorKind::kInvalid, "a bridge cannot be a port: name another link"},
    NlRow{EOPNOTSUPP, ErrorKind::kNotSupported,
          "this kernel or driver cannot do it: look at its log (dmesg)"},
};

// For errors that never came from the kernel's answer: libnl's code as an errno.
int ErrnoOf(int nl_error) {
  switch (nl_error < 0 ? -nl_error : nl_error) {
    case NLE_PERM:
    case NLE_NOACCESS:
      return EPERM;
    case NLE_NOMEM:
      return ENOBUFS;
    case NLE_DUMP_INTR:
      return EINTR;
    default:
      return EIO;
  }
}

int KeepErrno(sockaddr_nl*, nlmsgerr* error, void* kept) {
  *static_cast<int*>(kept) = -error->error;
  return NL_STOP;
}

}  // namespace

tl::unexpected<Error> FailNetlink(std::string_view doing, int number) {
  for (const NlRow& row : kNlRows) {
    if (row.number == number) {
      return While(doing, Error{row.kind, std::string(row.sentence)});
    }
  }
  return FailErrno(doing, number);
}

Result<NlSocket> NlSocket::Open() {
  NlSocket opened(nl_socket_alloc());
  const int outcome = nl_connect(opened.raw(), NETLINK_ROUTE);
  if (outcome < 0) return FailNetlink("open a netlink socket", ErrnoOf(outcome));
  return opened;
}

int NlSocket::Ask(NlMessage message) {
  int kept = 0;
  nl_socket_modify_err_cb(raw(), NL_CB_CUSTOM, KeepErrno, &kept);
  const int outcome = nl_send_sync(raw(), message.release());  // which frees it
  if (kept != 0 || outcome >= 0) return kept;
  return ErrnoOf(outcome);
}

int NlSocket::Dump(int type, int family, const std::function<void(nlmsghdr*)>& each) {
  constexpr int kTries = 20;  // the kernel says when something changed in the middle of a dump
  int number = EINTR;
  for (int tries = 0; tries < kTries && number == EINTR; ++tries) {
    std::vector<NlMessage> seen;
    const auto keep = [](nl_msg* message, void* all) {
      nlmsg_get(message);
      static_cast<std::vector<NlMessage>*>(all)->emplace_back(message);
      return static_cast<int>(NL_OK);
    };
    int kept = 0;
    nl_socket_modify_err_cb(raw(), NL_CB_CUSTOM, KeepErrno, &kept);
    nl_socket_modify_cb(raw(), NL_CB_VALID, NL_CB_CUSTOM, keep, &seen);
    ifinfomsg header{};  // which a dump of forwarding entries wants, and the others take
    header.ifi_family = static_cast<unsigned char>(family);
    int outcome = nl_send_simple(raw(), type, NLM_F_DUMP, &header, sizeof header);
    if (outcome >= 0) outcome = nl_recvmsgs_default(raw());
    number = kept != 0 ? kept : (outcome < 0 ? ErrnoOf(outcome) : 0);
    if (number != 0) continue;
    for (const NlMessage& message : seen) each(nlmsg_hdr(message.get()));
  }
  return number;
}

}  // namespace zprov::adapters
