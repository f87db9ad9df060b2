// Roots of other machines that lie in directories of this one: the base of a generation, a node's
// root. Paths, common errors and durability as in os/files.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "os/files.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::os {

// A directory taken for "/": an absolute symlink in it means a place in it, as on the machine whose
// root it is, and nothing leads out of it (openat2 RESOLVE_IN_ROOT from the directory's own
// descriptor). Stays on that directory when its name changes.
class InsideRoot {
 public:
  virtual ~InsideRoot() = default;
  virtual Files& files() = 0;
  virtual Trees& trees() = 0;
};

// Which changes to look for.
struct ChangesQuery {
  int64_t since_ns = 0;              // changed_ns later than this, since 1970
  uint64_t most = 10;                // of Changes::largest
  std::vector<std::string> without;  // trees left out, relative to the path: "var/lib/app"
};

struct ChangedFile {
  std::string path;    // relative to the path that was asked about
  uint64_t bytes = 0;  // size; 0 for all but regular files

  bool operator==(const ChangedFile&) const = default;
};

struct Changes {
  uint64_t count = 0;                // entries that are no directories
  uint64_t bytes = 0;                // their sizes together
  std::vector<ChangedFile> largest;  // largest first, then by path

  bool operator==(const Changes&) const = default;
};

class Roots {
 public:
  virtual ~Roots() = default;

  // `path` itself: a symlink there is not followed. kNotFound; kNotDirectory.
  virtual Result<std::unique_ptr<InsideRoot>> Open(std::string_view path) = 0;

  // Every stub below `path` (fixtures/kernels/README.md, btrfs: inode 2), relative to it, sorted.
  // One walk; other subvolumes and file systems are not entered. kNotFound.
  virtual Result<std::vector<std::string>> Stubs(std::string_view path) = 0;

  // Directory `to` gets owner, mode, ACLs and xattrs of directory `from`. kNotFound.
  virtual Result<void> CopyAttributes(std::string_view from, std::string_view to) = 0;

  // 32 hex digits that are the same for trees with the same content: names, types, bytes, symlink
  // texts, owners, modes, ACLs and xattrs; not times, inode numbers or the way they are stored.
  // Other subvolumes and file systems below count as empty directories. kNotFound.
  virtual Result<std::string> ContentHash(std::string_view path) = 0;

  // What below `path` was changed (content, attributes or name: ctime) after a moment. Other
  // subvolumes and file systems are not entered. kNotFound.
  virtual Result<Changes> ChangedSince(std::string_view path, const ChangesQuery& query) = 0;
};

}  // namespace zprov::os
