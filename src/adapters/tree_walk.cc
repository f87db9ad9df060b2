#include "adapters/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>

#include <cerrno>

#include "adapters/attributes.h"
#include "adapters/directory.h"
#include "adapters/entry.h"
#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

// Each level costs a descriptor and some stack; a node can nest as deep as it likes in its root.
constexpr int kDeepest = 500;

class Walk {
 public:
  Walk(const struct statx& top, WalkOver over, const WalkVisit& visit)
      : top_(top), over_(over), visit_(visit) {}

  Result<void> Below(const Fd& directory, const std::string& path, int depth) const {
    if (depth > kDeepest) return Fail(ErrorKind::kTooLarge, path + ": nested too deep");
    ZPROV_ASSIGN(const auto entries, EntriesIn(directory));
    for (const TypedName& entry : entries) {
      if (over_ == WalkOver::kDirectories && entry.type != DT_DIR && entry.type != DT_UNKNOWN)
        continue;
      ZPROV_TRY(One(directory, entry.name, PathBelow(path, entry.name), depth));
    }
    return {};
  }

 private:
  Result<void> One(const Fd& directory, const std::string& name, const std::string& path,
                   int depth) const {
    WalkedEntry entry{directory.number(), name, path, {}, false, false};
    if (::statx(entry.directory, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                STATX_BASIC_STATS | STATX_MNT_ID, &entry.status) != 0) {
      if (errno == ENOENT) return {};
      return FailErrno(path, errno);
    }
    const bool is_directory = IsDirectory(entry.status);
    if (over_ == WalkOver::kDirectories && !is_directory) return {};
    entry.same_mount = entry.status.stx_mnt_id == top_.stx_mnt_id;
    entry.same_filesystem = SameFilesystem(entry.status, top_);
    ZPROV_ASSIGN(const adapters::Below wanted, visit_(entry));
    if (!is_directory || !entry.same_filesystem || wanted == adapters::Below::kLeaveOut) return {};
    auto below = OpenDirectory(directory.number(), name);
    if (!below && below.error().kind == ErrorKind::kNotFound) return {};
    if (!below) return While(path, below.error());
    return Below(*below, path, depth + 1);
  }

  const struct statx& top_;
  WalkOver over_;
  const WalkVisit& visit_;
};

}  // namespace

Result<void> WalkBelow(const Fd& top, WalkOver over, const WalkVisit& visit) {
  ZPROV_ASSIGN(const struct statx status, StatusOf(top.number()));
  return Walk(status, over, visit).Below(top, "", 0);
}

}  // namespace zprov::adapters
