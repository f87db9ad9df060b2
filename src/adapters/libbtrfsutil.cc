#include "adapters/libbtrfsutil.h"

#include <btrfsutil.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>

#include "adapters/attributes.h"
#include "adapters/btrfs_space.h"
#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

// The library leaves errno of the call that failed; only these of its codes mean more than that.
Result<void> Outcome(btrfs_util_error code) {
  const int number = errno;
  switch (code) {
    case BTRFS_UTIL_OK:
      return {};
    case BTRFS_UTIL_ERROR_NOT_BTRFS:
      return Fail(ErrorKind::kNotSupported, "not on btrfs: put the store on a btrfs");
    case BTRFS_UTIL_ERROR_NOT_SUBVOLUME:
      return Fail(ErrorKind::kInvalid, "not a subvolume");
    case BTRFS_UTIL_ERROR_SUBVOLUME_NOT_FOUND:
      return FailErrno(ENOENT);
    default:
      return FailErrno(number);
  }
}

// `fd` is the root of a subvolume; kInvalid, kNotSupported.
Result<void> RequireSubvolume(const Fd& fd) {
  return Outcome(btrfs_util_is_subvolume_fd(fd.number()));
}

bool OnBtrfs(const Fd& fd) {
  struct statfs status = {};
  return ::fstatfs(fd.number(), &status) == 0 &&
         static_cast<uint32_t>(status.f_type) == BTRFS_SUPER_MAGIC;
}

std::string Hex(const uint8_t (&uuid)[16]) {
  if (std::all_of(std::begin(uuid), std::end(uuid), [](uint8_t byte) { return byte == 0; })) {
    return {};
  }
  return fmt::format("{:02x}", fmt::join(uuid, ""));
}

// On a 32-bit host the library's own times are narrower than ours (src/package/README.md): they are
// the last of its fields, and are not read.
Result<os::Subvolume> Describe(const Fd& fd) {
  struct btrfs_util_subvolume_info info = {};
  ZPROV_TRY(Outcome(btrfs_util_subvolume_info_fd(fd.number(), 0, &info)));
  bool read_only = false;
  ZPROV_TRY(Outcome(btrfs_util_get_subvolume_read_only_fd(fd.number(), &read_only)));
  return os::Subvolume{info.id,         info.parent_id, Hex(info.uuid), Hex(info.parent_uuid),
                       info.generation, read_only};
}

Result<std::vector<os::NestedSubvolume>> ListBelow(const Fd& fd) {
  btrfs_util_subvolume_iterator* raw = nullptr;
  ZPROV_TRY(Outcome(btrfs_util_create_subvolume_iterator_fd(fd.number(), 0, 0, &raw)));
  const std::unique_ptr<btrfs_util_subvolume_iterator,
                        decltype(&btrfs_util_destroy_subvolume_iterator)>
      iterator(raw, &btrfs_util_destroy_subvolume_iterator);
  std::vector<os::NestedSubvolume> all;
  for (;;) {
    char* path = nullptr;
    uint64_t id = 0;
    const auto code = btrfs_util_subvolume_iterator_next(iterator.get(), &path, &id);
    if (code == BTRFS_UTIL_ERROR_STOP_ITERATION) break;
    ZPROV_TRY(Outcome(code));
    all.push_back({id, path});
    ::free(path);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return all;
}

class Libbtrfsutil : public os::Btrfs {
 public:
  explicit Libbtrfsutil(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  Result<void> Create(std::string_view path, uint32_t mode) override {
    return Named("create subvolume", path, CreateAt(path, mode));
  }

  Result<void> Snapshot(std::string_view from, std::string_view to, os::Access access) override {
    return Named(fmt::format("snapshot {} to", from), to, SnapshotTo(from, to, access));
  }

  Result<void> Delete(std::string_view path) override {
    return Named("delete subvolume", path, DeleteAt(path));
  }

  Result<std::optional<os::Subvolume>> Info(std::string_view path) override {
    return Named("look at subvolume", path, InfoAt(path));
  }

  Result<std::vector<os::NestedSubvolume>> List(std::string_view path) override {
    return Named("list subvolumes of", path, OpenSubvolume(path).and_then(ListBelow));
  }

  Result<void> SetAccess(std::string_view path, os::Access access) override {
    return Named("set access of subvolume", path, OpenSubvolume(path).and_then([&](const Fd& fd) {
      return Outcome(
          btrfs_util_set_subvolume_read_only_fd(fd.number(), access == os::Access::kReadOnly));
    }));
  }

  Result<void> Sync(std::string_view path) override {
    return Named("sync", path, OpenOnBtrfs(path).and_then([](const Fd& fd) {
      return Outcome(btrfs_util_sync_fd(fd.number()));
    }));
  }

  Result<os::Space> Usage(std::string_view path) override {
    return Named("space of", path,
                 OpenOnBtrfs(path).and_then([](const Fd& fd) { return SpaceOf(fd.number()); }));
  }

 private:
  // The subvolume at `path`, readable; kInvalid for everything else that is there.
  Result<Fd> OpenSubvolume(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    if (!IsDirectory(status)) return Fail(ErrorKind::kInvalid, "not a subvolume");
    ZPROV_ASSIGN(Fd fd, Reopen(entry, O_RDONLY | O_DIRECTORY));
    ZPROV_TRY(RequireSubvolume(fd));
    return fd;
  }

  // Any directory or file at `path`; of others, and for the ioctls all the same, their directory.
  Result<Fd> OpenOnBtrfs(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    if (!OnBtrfs(entry)) return Outcome(BTRFS_UTIL_ERROR_NOT_BTRFS).map([] { return Fd(); });
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    if (IsDirectory(status)) return Reopen(entry, O_RDONLY | O_DIRECTORY);
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    return Reopen(place.parent, O_RDONLY | O_DIRECTORY);
  }

  Result<void> CreateAt(std::string_view path, uint32_t mode) const {
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EEXIST);
    ZPROV_ASSIGN(const Fd parent, Reopen(place.parent, O_RDONLY | O_DIRECTORY));
    ZPROV_TRY(Outcome(
        btrfs_util_create_subvolume_fd(parent.number(), place.name.c_str(), 0, nullptr, nullptr)));
    if (::fchmodat(parent.number(), place.name.c_str(), mode, 0) != 0) return FailErrno(errno);
    return {};
  }

  Result<void> SnapshotTo(std::string_view from, std::string_view to, os::Access access) const {
    ZPROV_ASSIGN(const Fd source, OpenSubvolume(from));
    ZPROV_ASSIGN(const Place place, root_->Locate(to));
    if (place.name.empty()) return FailErrno(EEXIST);
    ZPROV_ASSIGN(const Fd parent, Reopen(place.parent, O_RDONLY | O_DIRECTORY));
    if (!OnBtrfs(parent)) return FailErrno(EXDEV);
    const int flags = access == os::Access::kReadOnly ? BTRFS_UTIL_CREATE_SNAPSHOT_READ_ONLY : 0;
    return Outcome(btrfs_util_create_snapshot_fd2(source.number(), parent.number(),
                                                  place.name.c_str(), flags, nullptr, nullptr));
  }

  Result<void> DeleteAt(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EBUSY);
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    ZPROV_ASSIGN(const struct statx parent, StatusOf(place.parent.number()));
    // The kernel would detach a mount silently and delete what is under it.
    if (status.stx_mnt_id != parent.stx_mnt_id) return FailErrno(EBUSY);
    ZPROV_ASSIGN(const Fd subvolume, OpenSubvolume(path));
    ZPROV_ASSIGN(const Fd directory, Reopen(place.parent, O_RDONLY | O_DIRECTORY));
    return Outcome(btrfs_util_delete_subvolume_fd(directory.number(), place.name.c_str(), 0));
  }

  Result<std::optional<os::Subvolume>> InfoAt(std::string_view path) const {
    auto fd = OpenSubvolume(path);
    if (!fd) {
      const ErrorKind kind = fd.error().kind;
      if (kind == ErrorKind::kNotFound || kind == ErrorKind::kNotSupported ||
          (kind == ErrorKind::kInvalid && IsThere(path))) {
        return std::optional<os::Subvolume>();
      }
      return tl::make_unexpected(fd.error());
    }
    return Describe(*fd).map([](os::Subvolume&& found) { return std::optional(std::move(found)); });
  }

  bool IsThere(std::string_view path) const {
    return root_->Open(path, O_PATH | O_NOFOLLOW).has_value();
  }

  std::shared_ptr<const Root> root_;
};

}  // namespace

std::unique_ptr<os::Btrfs> MakeLibbtrfsutil(std::shared_ptr<const Root> root) {
  return std::make_unique<Libbtrfsutil>(std::move(root));
}

}  // namespace zprov::adapters
