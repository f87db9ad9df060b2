#include "adapters/errno.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace zprov::adapters {
namespace {

struct Row {
  int number;
  ErrorKind kind;
  std::string_view sentence;
};

constexpr Row kRows[] = {
    {EINVAL, ErrorKind::kInvalid, "the kernel refuses this argument"},
    {ELOOP, ErrorKind::kInvalid, "too many symlinks: remove the loop"},
    {ENAMETOOLONG, ErrorKind::kInvalid, "name too long: choose a shorter one"},
    {ENOENT, ErrorKind::kNotFound, "not found"},
    {ESRCH, ErrorKind::kNotFound, "not found"},
    {EEXIST, ErrorKind::kExists, "exists already"},
    {ENOTEMPTY, ErrorKind::kNotEmpty, "not empty: look at what is in it, then remove that first"},
    {ENOTDIR, ErrorKind::kNotDirectory, "not a directory"},
    {EISDIR, ErrorKind::kIsDirectory, "is a directory"},
    {EACCES, ErrorKind::kPermission, "permission denied: run this as root"},
    {EPERM, ErrorKind::kPermission, "not permitted: run this as root"},
    {EROFS, ErrorKind::kReadOnly, "read-only: remount it, or make the subvolume writable"},
    {ENOSPC, ErrorKind::kNoSpace, "no space left: free some and run this again"},
    {EDQUOT, ErrorKind::kNoSpace, "the quota is used up: raise it and run this again"},
    {EBUSY, ErrorKind::kBusy, "in use: unmount it or end what uses it"},
    {ETXTBSY, ErrorKind::kBusy, "in use as a running program or swap: end what uses it"},
    {EAGAIN, ErrorKind::kBusy, "in use: try again"},
    {EXDEV, ErrorKind::kCrossDevice, "on another file system or subvolume"},
    {EDOM, ErrorKind::kOutOfRange, "out of range"},
    {ERANGE, ErrorKind::kOutOfRange, "out of range"},
    {EOPNOTSUPP, ErrorKind::kNotSupported, "this file system or kernel cannot do it"},
    {ENOSYS, ErrorKind::kNotSupported, "this kernel cannot do it"},
    {ENOEXEC, ErrorKind::kNotSupported,
     "this machine cannot run programs of that architecture: install qemu-user-static"},
    {ENOTTY, ErrorKind::kNotSupported, "this file system cannot do it"},
    {EFBIG, ErrorKind::kTooLarge, "too large for this file system"},
    {EOVERFLOW, ErrorKind::kTooLarge, "too large"},
    {ETIMEDOUT, ErrorKind::kTimedOut, "timed out"},
    {ENODEV, ErrorKind::kGone, "the device is gone"},
    {ENXIO, ErrorKind::kGone, "the device is gone"},
};

}  // namespace

Error ErrorOf(int number) {
  for (const Row& row : kRows) {
    if (row.number == number) return {row.kind, std::string(row.sentence)};
  }
  return {ErrorKind::kIo, fmt::format("{} (errno {}): look at the kernel's log with dmesg",
                                      std::strerror(number), number)};
}

tl::unexpected<Error> FailErrno(int number) { return tl::make_unexpected(ErrorOf(number)); }

tl::unexpected<Error> FailErrno(std::string_view doing, int number) {
  return While(doing, ErrorOf(number));
}

}  // namespace zprov::adapters
