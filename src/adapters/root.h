// The directory that a world of files starts at, "/" or the DIR of --root, and the only way from a
// path to a descriptor. Every path goes through openat2(RESOLVE_IN_ROOT) from the root's own
// descriptor, so no symlink and no ".." can leave it; no host path is ever put together as text.
// No library in Debian 12 wraps openat2.
#pragma once

#include <fcntl.h>

#include <memory>
#include <string>
#include <string_view>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

// Open flags of a directory that is listed or walked, and of nothing that points to one.
inline constexpr int kDirectoryItself = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// Where a name lives: the directory it is really in, and its last component.
struct Place {
  Fd parent;         // O_PATH
  std::string name;  // one component, never "." or ".."; empty for the root itself
};

class Root {
 public:
  // kNotFound; kNotDirectory.
  static Result<std::shared_ptr<const Root>> Open(const std::string& host_directory);

  explicit Root(Fd fd) : fd_(std::move(fd)) {}

  // open(2) of a normal path with `flags` (O_CLOEXEC and O_NOCTTY are added). kInvalid when the
  // path is not normal.
  Result<Fd> Open(std::string_view path, int flags) const;

  // The parent of `path`, with symlinks on the way followed and the last component left alone.
  Result<Place> Locate(std::string_view path) const;

  // As Locate, but while the last component is a symlink the place is that of its target, which
  // need not exist. kIsDirectory when the target can only be a directory ("..", "x/").
  Result<Place> LocateFollowing(std::string_view path) const;

  // What the kernel calls `fd`, as a path below this root. kEscapes when it is not below it.
  Result<std::string> PathOf(const Fd& fd) const;

  // The host's own `path` as seen from this root; "/" when it is not below it.
  std::string PathOfHost(const std::string& path) const;

 private:
  Result<Fd> OpenText(const std::string& path, int flags) const;
  Result<Place> LocateText(const std::string& path) const;

  Fd fd_;
};

// Opens what an O_PATH descriptor stands for, with no second look at its name. kNotSupported
// without /proc.
Result<Fd> Reopen(const Fd& path_fd, int flags);

}  // namespace zprov::adapters
