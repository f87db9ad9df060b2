#include "adapters/posix_roots.h"

#include <fcntl.h>
#include <linux/btrfs_tree.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>

#include "adapters/attributes.h"
#include "adapters/errno.h"
#include "adapters/posix_files.h"
#include "adapters/posix_trees.h"
#include "adapters/tree_walk.h"
#include "adapters/xxhash.h"
#include "util/path.h"

namespace zprov::adapters {
namespace {

// Other file systems have inode 2 too, so only btrfs has stubs; the device number of one is that of
// no subvolume (fixtures/kernels/README.md).
Result<std::vector<std::string>> StubsBelow(const Fd& top) {
  std::vector<std::string> stubs;
  struct statfs filesystem = {};
  if (::fstatfs(top.number(), &filesystem) != 0) return FailErrno(errno);
  if (static_cast<uint32_t>(filesystem.f_type) != BTRFS_SUPER_MAGIC) return stubs;
  ZPROV_TRY(WalkBelow(top, WalkOver::kDirectories, [&](const WalkedEntry& entry) -> Result<Below> {
    if (entry.same_mount && entry.status.stx_ino == BTRFS_EMPTY_SUBVOL_DIR_OBJECTID)
      stubs.push_back(entry.path);
    return Below::kEnter;
  }));
  std::ranges::sort(stubs);
  return stubs;
}

bool IsLeftOut(const std::string& path, const std::vector<std::string>& without) {
  return std::ranges::any_of(
      without, [&](const std::string& tree) { return IsBelow("/" + path, "/" + tree); });
}

bool IsLarger(const os::ChangedFile& a, const os::ChangedFile& b) {
  return a.bytes != b.bytes ? a.bytes > b.bytes : a.path < b.path;
}

// Keeps the list short on the way: a node may have written a million files.
void Note(os::Changes& changes, os::ChangedFile file, uint64_t most) {
  ++changes.count;
  changes.bytes += file.bytes;
  const auto place = std::ranges::upper_bound(changes.largest, file, IsLarger);
  changes.largest.insert(place, std::move(file));
  if (changes.largest.size() > most) changes.largest.pop_back();
}

Result<os::Changes> ChangesBelow(const Fd& top, const os::ChangesQuery& query) {
  os::Changes changes;
  ZPROV_TRY(WalkBelow(top, WalkOver::kAll, [&](const WalkedEntry& entry) -> Result<Below> {
    if (IsLeftOut(entry.path, query.without)) return Below::kLeaveOut;
    if (IsDirectory(entry.status) || !entry.same_filesystem) return Below::kEnter;
    if (Nanoseconds(entry.status.stx_ctime) <= query.since_ns) return Below::kEnter;
    const uint64_t bytes = S_ISREG(entry.status.stx_mode) ? entry.status.stx_size : 0;
    Note(changes, {entry.path, bytes}, query.most);
    return Below::kEnter;
  }));
  return changes;
}

class PosixInsideRoot final : public os::InsideRoot {
 public:
  explicit PosixInsideRoot(const std::shared_ptr<const Root>& root)
      : files_(MakePosixFiles(root)), trees_(MakePosixTrees(root)) {}

  os::Files& files() override { return *files_; }
  os::Trees& trees() override { return *trees_; }

 private:
  std::unique_ptr<os::Files> files_;
  std::unique_ptr<os::Trees> trees_;
};

class PosixRoots final : public os::Roots {
 public:
  explicit PosixRoots(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  Result<std::unique_ptr<os::InsideRoot>> Open(std::string_view path) override {
    auto directory = root_->Open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) return While("open root " + std::string(path), directory.error());
    return std::make_unique<PosixInsideRoot>(std::make_shared<const Root>(std::move(*directory)));
  }

  Result<std::vector<std::string>> Stubs(std::string_view path) override {
    return Named("stubs below", path, root_->Open(path, kDirectoryItself).and_then(StubsBelow));
  }

  Result<void> CopyAttributes(std::string_view from, std::string_view to) override {
    const std::string doing = "copy attributes of " + std::string(from) + " to";
    return Named(doing, to, CopyAttributesAt(from, to));
  }

  Result<std::string> ContentHash(std::string_view path) override {
    return Named("hash", path, root_->Open(path, kDirectoryItself).and_then(HashTree));
  }

  Result<os::Changes> ChangedSince(std::string_view path, const os::ChangesQuery& query) override {
    return Named("changes below", path,
                 root_->Open(path, kDirectoryItself).and_then([&](const Fd& top) {
                   return ChangesBelow(top, query);
                 }));
  }

 private:
  Result<void> CopyAttributesAt(std::string_view from, std::string_view to) const {
    ZPROV_ASSIGN(const Fd source, root_->Open(from, kDirectoryItself));
    ZPROV_ASSIGN(const Fd target, root_->Open(to, kDirectoryItself));
    ZPROV_ASSIGN(const Attributes attributes, AttributesOf(source.number()));
    return SetOwnerModeAndXattrs(target.number(), attributes);
  }

  std::shared_ptr<const Root> root_;
};

}  // namespace

std::unique_ptr<os::Roots> MakePosixRoots(std::shared_ptr<const Root> root) {
  return std::make_unique<PosixRoots>(std::move(root));
}

}  // namespace zprov::adapters
