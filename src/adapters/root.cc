#include "adapters/root.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <climits>

#include "adapters/errno.h"
#include "util/path.h"

namespace zprov::adapters {
namespace {

constexpr int kMaxLinks = 40;  // path_resolution(7): the kernel's own limit

// The text of the symlink `name` in `parent`; errno is set when this returns false.
bool ReadLink(int parent, const std::string& name, std::string* target) {
  char text[PATH_MAX];
  const ssize_t length = ::readlinkat(parent, name.c_str(), text, sizeof text);
  if (length < 0) return false;
  target->assign(text, static_cast<size_t>(length));
  return true;
}

std::string FdLink(const Fd& fd) { return fmt::format("/proc/self/fd/{}", fd.number()); }

Result<std::string> KernelName(const Fd& fd) {
  std::string name;
  if (!ReadLink(AT_FDCWD, FdLink(fd), &name)) {
    return Fail(ErrorKind::kNotSupported, "/proc is not there: mount it");
  }
  return name;
}

std::string BelowRoot(const std::string& root, const std::string& path) {
  if (root == "/") return path;
  return path == root ? "/" : path.substr(root.size());
}

}  // namespace

Result<std::shared_ptr<const Root>> Root::Open(const std::string& host_directory) {
  Fd fd(::open(host_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return FailErrno("open " + host_directory, errno);
  return std::make_shared<const Root>(std::move(fd));
}

Result<Fd> Root::OpenText(const std::string& path, int flags) const {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY));
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    Fd fd(static_cast<int>(::syscall(SYS_openat2, fd_.number(), path.c_str(), &how, sizeof how)));
    if (fd.valid()) return fd;
    // openat2(2): somebody renamed a directory while ".." was followed.
    if (errno != EAGAIN) return FailErrno(errno);
  }
}

Result<Fd> Root::Open(std::string_view path, int flags) const {
  if (!IsNormalPath(path)) return Fail(ErrorKind::kInvalid, "not a normal absolute path");
  return OpenText(std::string(path), flags);
}

Result<Place> Root::LocateText(const std::string& path) const {
  const size_t slash = path.rfind('/');
  Place place{Fd(), path.substr(slash + 1)};
  ZPROV_ASSIGN(place.parent, OpenText(path.substr(0, slash + 1), O_PATH | O_DIRECTORY));
  return place;
}

Result<Place> Root::Locate(std::string_view path) const {
  if (!IsNormalPath(path)) return Fail(ErrorKind::kInvalid, "not a normal absolute path");
  return LocateText(std::string(path));
}

Result<Place> Root::LocateFollowing(std::string_view path) const {
  if (!IsNormalPath(path)) return Fail(ErrorKind::kInvalid, "not a normal absolute path");
  std::string at(path);
  for (int links = 0; links <= kMaxLinks; ++links) {
    ZPROV_ASSIGN(Place place, LocateText(at));
    if (place.name.empty() || place.name == "." || place.name == "..") {
      return Fail(ErrorKind::kIsDirectory, "is a directory");
    }
    std::string target;
    if (!ReadLink(place.parent.number(), place.name, &target)) {
      // EINVAL: there, and no symlink. ENOENT: free to be made.
      if (errno == EINVAL || errno == ENOENT) return place;
      return FailErrno(errno);
    }
    // Before the target stands the directory of the link, as text: the kernel follows both.
    if (target.starts_with('/')) at.clear();
    at.resize(at.rfind('/') + 1);  // nothing of an empty text: npos + 1 is 0
    at += target;
  }
  return FailErrno(ELOOP);
}

Result<std::string> Root::PathOf(const Fd& fd) const {
  ZPROV_ASSIGN(const std::string root, KernelName(fd_));
  ZPROV_ASSIGN(const std::string name, KernelName(fd));
  if (!IsBelow(name, root)) return Fail(ErrorKind::kEscapes, name + " is not below " + root);
  return BelowRoot(root, name);
}

std::string Root::PathOfHost(const std::string& path) const {
  const auto root = KernelName(fd_);
  if (!root || !IsBelow(path, *root)) return "/";
  return BelowRoot(*root, path);
}

Result<Fd> Reopen(const Fd& path_fd, int flags) {
  Fd fd(::open(FdLink(path_fd).c_str(), flags | O_CLOEXEC | O_NOCTTY));
  if (fd.valid()) return fd;
  if (errno == ENOENT) return Fail(ErrorKind::kNotSupported, "/proc is not there: mount it");
  return FailErrno(errno);
}

}  // namespace zprov::adapters
