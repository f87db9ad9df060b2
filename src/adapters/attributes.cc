#include "adapters/attributes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <cerrno>

#include "adapters/errno.h"
#include "util/strings.h"

namespace zprov::adapters {
namespace {

constexpr int kTries = 8;  // an xattr may grow between the call for its size and the next

std::string LinkTo(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

// What `read(buffer, size)` gives, as getxattr and listxattr do it: size 0 asks for the size.
template <typename Read>
Result<std::string> ReadSized(const Read& read) {
  for (int i = 0; i < kTries; ++i) {
    const ssize_t size = read(nullptr, size_t{0});
    if (size < 0) return FailErrno(errno);
    std::string text(static_cast<size_t>(size), '\0');
    const ssize_t got = size == 0 ? 0 : read(text.data(), text.size());
    if (got >= 0) {
      text.resize(static_cast<size_t>(got));
      return text;
    }
    if (errno != ERANGE) return FailErrno(errno);
  }
  return Fail(ErrorKind::kBusy, "extended attributes keep changing: try again");
}

Result<void> SetXattrs(int fd, const Xattrs& wanted) {
  const std::string path = LinkTo(fd);
  ZPROV_ASSIGN(const Xattrs present, XattrsOf(fd));
  for (const auto& [name, value] : present) {
    if (!wanted.contains(name) && ::removexattr(path.c_str(), name.c_str()) != 0) {
      return FailErrno("remove attribute " + name, errno);
    }
  }
  for (const auto& [name, value] : wanted) {
    const auto it = present.find(name);
    if (it != present.end() && it->second == value) continue;
    if (::setxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0) {
      return FailErrno("set attribute " + name, errno);
    }
  }
  return {};
}

timespec ToTimespec(const struct statx_timestamp& time) {
  return {time.tv_sec, static_cast<long>(time.tv_nsec)};
}

}  // namespace

Result<Fd> OpenEntry(int directory, const std::string& name) {
  Fd fd(::openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return FailErrno(errno);
  return fd;
}

Result<struct statx> StatusOf(int fd) {
  struct statx status = {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &status) != 0) {
    return FailErrno(errno);
  }
  return status;
}

Result<Xattrs> XattrsOf(int fd) {
  const std::string path = LinkTo(fd);
  auto names =
      ReadSized([&](char* to, size_t size) { return ::listxattr(path.c_str(), to, size); });
  if (!names) {
    if (names.error().kind == ErrorKind::kNotSupported) return Xattrs();
    return While("list attributes", names.error());
  }
  Xattrs xattrs;
  for (std::string_view part : Split(*names, '\0')) {
    const std::string name(part);
    if (name.empty() || name.starts_with("btrfs.")) continue;
    auto value = ReadSized(
        [&](char* to, size_t size) { return ::getxattr(path.c_str(), name.c_str(), to, size); });
    if (!value) return While("read attribute " + name, value.error());
    xattrs.emplace(name, std::move(*value));
  }
  return xattrs;
}

Result<Attributes> AttributesOf(int fd) {
  ZPROV_ASSIGN(const struct statx status, StatusOf(fd));
  Attributes attributes{status.stx_uid,
                        status.stx_gid,
                        status.stx_mode & 07777u,
                        ToTimespec(status.stx_atime),
                        ToTimespec(status.stx_mtime),
                        {}};
  ZPROV_ASSIGN(attributes.xattrs, XattrsOf(fd));
  return attributes;
}

// The order matters: a change of owner takes setuid bits and security.capability away, and an ACL
// may only be set by the owner it is for.
Result<void> SetOwnerModeAndXattrs(int fd, const Attributes& wanted) {
  ZPROV_ASSIGN(const struct statx status, StatusOf(fd));
  if ((status.stx_uid != wanted.uid || status.stx_gid != wanted.gid) &&
      ::fchownat(fd, "", wanted.uid, wanted.gid, AT_EMPTY_PATH) != 0) {
    return FailErrno("set owner", errno);
  }
  const bool symlink = S_ISLNK(status.stx_mode);
  // Before the xattrs, so that an inherited ACL is gone and a wanted one has the last word; after
  // them again, because removing an ACL leaves its mask in the mode.
  if (!symlink && ::chmod(LinkTo(fd).c_str(), wanted.mode) != 0) return FailErrno("chmod", errno);
  ZPROV_TRY(SetXattrs(fd, wanted.xattrs));
  if (!symlink && ::chmod(LinkTo(fd).c_str(), wanted.mode) != 0) return FailErrno("chmod", errno);
  return {};
}

Result<void> SetAttributes(int fd, const Attributes& wanted) {
  ZPROV_TRY(SetOwnerModeAndXattrs(fd, wanted));
  const timespec times[2] = {wanted.accessed, wanted.modified};
  if (::utimensat(fd, "", times, AT_EMPTY_PATH) != 0) return FailErrno("set times", errno);
  return {};
}

uint64_t DeviceOf(const struct statx& status) {
  return ::makedev(status.stx_dev_major, status.stx_dev_minor);
}

int64_t Nanoseconds(const struct statx_timestamp& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

os::FileType TypeOf(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return os::FileType::kDirectory;
    case S_IFLNK:
      return os::FileType::kSymlink;
    case S_IFIFO:
      return os::FileType::kFifo;
    case S_IFSOCK:
      return os::FileType::kSocket;
    case S_IFCHR:
      return os::FileType::kCharDevice;
    case S_IFBLK:
      return os::FileType::kBlockDevice;
    default:
      return os::FileType::kRegular;
  }
}

bool IsDirectory(const struct statx& status) { return S_ISDIR(status.stx_mode); }

bool SameFilesystem(const struct statx& a, const struct statx& b) {
  return DeviceOf(a) == DeviceOf(b) && a.stx_mnt_id == b.stx_mnt_id;
}

}  // namespace zprov::adapters
