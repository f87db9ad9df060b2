#include "adapters/posix_trees.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "adapters/attributes.h"
#include "adapters/directory.h"
#include "adapters/errno.h"
#include "adapters/file_content.h"
#include "adapters/mounts.h"
#include "adapters/tree_compare.h"
#include "adapters/tree_copy.h"
#include "util/path.h"

namespace zprov::adapters {
namespace {

class PosixTrees : public os::Trees {
 public:
  explicit PosixTrees(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  Result<std::vector<std::string>> List(std::string_view path) override {
    return Named("list", path, root_->Open(path, kDirectoryItself).and_then(NamesIn));
  }

  Result<void> MakeDirectory(std::string_view path, uint32_t mode) override {
    return Named("make directory", path, MakeDirectoryAt(path, mode));
  }

  Result<void> Remove(std::string_view path) override {
    return Named("remove", path, RemoveAt(path));
  }

  Result<void> RemoveTree(std::string_view path) override {
    return Named("remove tree", path, RemoveTreeAt(path));
  }

  Result<void> Rename(std::string_view from, std::string_view to) override {
    return Named(fmt::format("rename {} to", from), to, RenameWith(from, to, RENAME_NOREPLACE));
  }

  Result<void> Exchange(std::string_view a, std::string_view b) override {
    return Named(fmt::format("exchange {} and", a), b, RenameWith(a, b, RENAME_EXCHANGE));
  }

  Result<os::CopyReport> Copy(std::string_view from, std::string_view to) override {
    return Named(fmt::format("copy {} to", from), to, CopyAt(from, to));
  }

  Result<void> CopyFile(std::string_view from, std::string_view to, uint32_t mode) override {
    return Named(fmt::format("copy file {} to", from), to, CopyFileAt(from, to, mode));
  }

  Result<os::Comparison> Compare(std::string_view first, std::string_view second) override {
    const std::string doing = fmt::format("compare {} and", first);
    auto a = root_->Open(first, kDirectoryItself);
    if (!a) return While(fmt::format("compare {}", first), a.error());
    return Named(doing, second, root_->Open(second, kDirectoryItself).and_then([&](const Fd& b) {
      return CompareTrees(*a, b);
    }));
  }

  Result<void> Sync(std::string_view path) override { return Named("sync", path, SyncAt(path)); }

  Result<os::Filesystem> FilesystemOf(std::string_view path) override {
    return Named("file system of", path,
                 root_->Open(path, O_PATH | O_NOFOLLOW).and_then([&](const Fd& entry) {
                   return FilesystemAt(*root_, entry);
                 }));
  }

  Result<std::vector<os::Filesystem>> MountsBelow(std::string_view path) override {
    return Named("mounts below", path,
                 root_->Open(path, kDirectoryItself).and_then([&](const Fd& directory) {
                   return FilesystemsBelow(*root_, directory);
                 }));
  }

 private:
  Result<void> MakeDirectoryAt(std::string_view path, uint32_t mode) const {
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EEXIST);
    if (::mkdirat(place.parent.number(), place.name.c_str(), 0700) != 0) return FailErrno(errno);
    // mkdir takes the umask and a setgid parent into account; the caller asked for this mode.
    ZPROV_ASSIGN(const Fd made, OpenDirectory(place.parent.number(), place.name));
    if (::fchmod(made.number(), mode) != 0) return FailErrno(errno);
    return {};
  }

  Result<void> RemoveAt(std::string_view path) const {
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EBUSY);
    ZPROV_ASSIGN(const Fd entry, OpenEntry(place.parent.number(), place.name));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    const int flags = IsDirectory(status) ? AT_REMOVEDIR : 0;
    if (::unlinkat(place.parent.number(), place.name.c_str(), flags) != 0) return FailErrno(errno);
    return {};
  }

  Result<void> RemoveTreeAt(std::string_view path) const {
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EBUSY);
    ZPROV_ASSIGN(const Fd top, OpenDirectory(place.parent.number(), place.name));
    ZPROV_ASSIGN(const struct statx status, StatusOf(top.number()));
    ZPROV_ASSIGN(const struct statx parent, StatusOf(place.parent.number()));
    if (!SameFilesystem(status, parent)) return FailErrno(EXDEV);
    ZPROV_TRY(Empty(top));
    if (::unlinkat(place.parent.number(), place.name.c_str(), AT_REMOVEDIR) != 0) {
      return FailErrno(errno);
    }
    return {};
  }

  Result<void> RenameWith(std::string_view from, std::string_view to, unsigned flags) const {
    ZPROV_ASSIGN(const Place source, root_->Locate(from));
    ZPROV_ASSIGN(const Place target, root_->Locate(to));
    if (source.name.empty() || target.name.empty()) return FailErrno(EBUSY);
    if (::renameat2(source.parent.number(), source.name.c_str(), target.parent.number(),
                    target.name.c_str(), flags) != 0) {
      return FailErrno(errno);
    }
    return {};
  }

  Result<os::CopyReport> CopyAt(std::string_view from, std::string_view to) const {
    ZPROV_ASSIGN(const Fd source, root_->Open(from, kDirectoryItself));
    ZPROV_ASSIGN(const Fd target, root_->Open(to, kDirectoryItself));
    ZPROV_ASSIGN(const std::string source_path, root_->PathOf(source));
    ZPROV_ASSIGN(const std::string target_path, root_->PathOf(target));
    ZPROV_ASSIGN(const struct statx source_status, StatusOf(source.number()));
    ZPROV_ASSIGN(const struct statx target_status, StatusOf(target.number()));
    if (IsBelow(target_path, source_path) && SameFilesystem(source_status, target_status)) {
      return Fail(ErrorKind::kInvalid, "a tree cannot be copied into itself");
    }
    ZPROV_ASSIGN(os::CopyReport report, CopyTree(source, target));
    for (std::string& path : report.not_entered) path = JoinPath(from, path);
    return report;
  }

  Result<void> CopyFileAt(std::string_view from, std::string_view to, uint32_t mode) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(from, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    if (!S_ISREG(status.stx_mode)) return Fail(ErrorKind::kInvalid, "not a regular file");
    ZPROV_ASSIGN(const Fd source, Reopen(entry, O_RDONLY));
    ZPROV_ASSIGN(const Place place, root_->Locate(to));
    if (place.name.empty()) return FailErrno(EEXIST);
    const int directory = place.parent.number();
    const Fd copy(
        ::openat(directory, place.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!copy.valid()) return FailErrno(errno);
    auto copied = CopyContent(source, copy, status.stx_size);
    if (copied && ::fchmod(copy.number(), mode) != 0) copied = FailErrno(errno);
    if (!copied) ::unlinkat(directory, place.name.c_str(), 0);
    return copied;
  }

  Result<void> SyncAt(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    Fd fd;
    if (IsDirectory(status) || S_ISREG(status.stx_mode)) {
      ZPROV_ASSIGN(fd, Reopen(entry, O_RDONLY));
    } else {  // nothing is ever mounted on those, so their directory is on the same file system
      ZPROV_ASSIGN(const Place place, root_->Locate(path));
      ZPROV_ASSIGN(fd, Reopen(place.parent, O_RDONLY | O_DIRECTORY));
    }
    if (::syncfs(fd.number()) != 0) return FailErrno(errno);
    return {};
  }

  std::shared_ptr<const Root> root_;
};

}  // namespace

std::unique_ptr<os::Trees> MakePosixTrees(std::shared_ptr<const Root> root) {
  return std::make_unique<PosixTrees>(std::move(root));
}

}  // namespace zprov::adapters
