// What an entry of a tree has besides its content: owner, mode, times, xattrs (ACLs are xattrs).
// Everything works on a descriptor that may be O_PATH, hence through /proc/self/fd: fgetxattr and
// fchmod refuse O_PATH, and a symlink or a socket has no other descriptor. libattr and libacl
// take paths or plain descriptors only, so they cannot do it.
#pragma once

#include <sys/stat.h>

#include <map>
#include <string>

#include "adapters/fd.h"
#include "os/files.h"
#include "util/result.h"

namespace zprov::adapters {

// Without "btrfs.*", which says how a file is stored and not what it is.
using Xattrs = std::map<std::string, std::string>;

struct Attributes {
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint32_t mode = 0;  // at most 07777
  struct timespec accessed = {};
  struct timespec modified = {};
  Xattrs xattrs;
};

// `name` in `directory` itself, O_PATH; kNotFound.
Result<Fd> OpenEntry(int directory, const std::string& name);

Result<struct statx> StatusOf(int fd);
Result<Xattrs> XattrsOf(int fd);
Result<Attributes> AttributesOf(int fd);

// `fd` has exactly these owner, mode and xattrs afterwards, and these times.
Result<void> SetAttributes(int fd, const Attributes& wanted);
// The same without the times.
Result<void> SetOwnerModeAndXattrs(int fd, const Attributes& wanted);

uint64_t DeviceOf(const struct statx& status);
int64_t Nanoseconds(const struct statx_timestamp& time);
os::FileType TypeOf(uint32_t mode);  // with its type bits, as stat(2) has them
bool IsDirectory(const struct statx& status);

// True when the two are on one subvolume of one mount: a walk may step from one to the other.
bool SameFilesystem(const struct statx& a, const struct statx& b);

}  // namespace zprov::adapters
