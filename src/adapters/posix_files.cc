#include "adapters/posix_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "adapters/attributes.h"
#include "adapters/errno.h"
#include "adapters/replacement.h"
#include "util/strings.h"

namespace zprov::adapters {
namespace {

constexpr uint64_t kNodeFileLimit = 4096;  // os::Files::ReadConfined
constexpr uint64_t kLeastRead = 4096;
constexpr uint64_t kMostRead = 64 * 1024;

// Opened by descriptor, so what was checked is what is read, and a device or a FIFO is never
// opened.
Result<Fd> OpenRegular(const Fd& entry) {
  ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
  if (IsDirectory(status)) return FailErrno(EISDIR);
  if (!S_ISREG(status.stx_mode)) return Fail(ErrorKind::kInvalid, "not a regular file");
  return Reopen(entry, O_RDONLY | O_NONBLOCK);
}

// The first bytes, `most` at the most, of the regular file that `entry` (O_PATH) stands for.
Result<std::string> ReadStartOf(const Fd& entry, uint64_t most) {
  ZPROV_ASSIGN(const Fd file, OpenRegular(entry));
  ZPROV_ASSIGN(const struct statx status, StatusOf(file.number()));
  // Only a hint: files of /proc and /sys have size 0.
  const uint64_t at_once = std::clamp(uint64_t{status.stx_size} + 1, kLeastRead, kMostRead);
  std::string content;
  while (content.size() < most) {
    const size_t had = content.size();
    content.resize(had + static_cast<size_t>(std::min(at_once, most - had)));
    const ssize_t got = ::read(file.number(), content.data() + had, content.size() - had);
    if (got < 0) return FailErrno(errno);
    content.resize(had + static_cast<size_t>(got));
    if (got == 0) break;
  }
  return content;
}

tl::unexpected<Error> TooLarge(uint64_t limit) {
  return Fail(ErrorKind::kTooLarge, fmt::format("more than {} bytes", limit));
}

// The whole content.
Result<std::string> ReadRegular(const Fd& entry, uint64_t limit) {
  ZPROV_ASSIGN(std::string content, ReadStartOf(entry, limit + 1));
  if (content.size() <= limit) return content;
  return TooLarge(limit);
}

Result<os::FileBytes> MapRegular(const Fd& entry, uint64_t limit) {
  ZPROV_ASSIGN(const Fd file, OpenRegular(entry));
  ZPROV_ASSIGN(const struct statx status, StatusOf(file.number()));
  if (status.stx_size > limit) return TooLarge(limit);
  if (status.stx_size == 0) return os::FileBytes{};  // mmap takes no empty range
  const auto size = static_cast<size_t>(status.stx_size);
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (start == MAP_FAILED) return FailErrno(errno);
  ::madvise(start, size, MADV_WILLNEED);  // only advice
  return os::FileBytes{{static_cast<const char*>(start), size},
                       std::shared_ptr<const void>(start, [size](const void* at) {
                         ::munmap(const_cast<void*>(at), size);
                       })};
}

// openat2 that follows nothing below `directory`.
Result<Fd> OpenBeneath(const Fd& directory, const std::string& name) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Fd fd(
      static_cast<int>(::syscall(SYS_openat2, directory.number(), name.c_str(), &how, sizeof how)));
  if (fd.valid()) return fd;
  if (errno == EXDEV || errno == ELOOP) {
    return Fail(ErrorKind::kEscapes, "a symlink or a way out: not followed");
  }
  return FailErrno(errno);
}

Result<std::string> ReadBeneath(const Fd& directory, const std::string& name) {
  if (name.find('\0') != std::string::npos) return Fail(ErrorKind::kInvalid, "holds a NUL byte");
  for (std::string_view part : Split(name, '/')) {
    if (part == "..") return Fail(ErrorKind::kEscapes, "\"..\" is not followed");
  }
  ZPROV_ASSIGN(const Fd entry, OpenBeneath(directory, name));
  auto content = ReadRegular(entry, kNodeFileLimit);
  if (!content && content.error().kind == ErrorKind::kIsDirectory) {
    return Fail(ErrorKind::kInvalid, "not a regular file");
  }
  return content;
}

bool IsSymlink(const Place& place) {
  struct stat status = {};
  return ::fstatat(place.parent.number(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(status.st_mode);
}

Result<void> PutSymlink(const Place& place, const std::string& target) {
  const int directory = place.parent.number();
  if (::symlinkat(target.c_str(), directory, place.name.c_str()) == 0) return {};
  if (errno != EEXIST || !IsSymlink(place)) return FailErrno(errno == EEXIST ? EEXIST : errno);
  const std::string waiting = WaitingName(place.name);
  ::unlinkat(directory, waiting.c_str(), 0);  // left over by an interrupted call
  if (::symlinkat(target.c_str(), directory, waiting.c_str()) != 0) return FailErrno(errno);
  if (::renameat(directory, waiting.c_str(), directory, place.name.c_str()) == 0) return {};
  auto error = FailErrno(errno);
  ::unlinkat(directory, waiting.c_str(), 0);
  return error;
}

os::FileStatus ToFileStatus(const struct statx& status) {
  return {TypeOf(status.stx_mode),
          status.stx_mode & 07777u,
          status.stx_uid,
          status.stx_gid,
          status.stx_size,
          DeviceOf(status),
          status.stx_ino,
          status.stx_nlink,
          Nanoseconds(status.stx_mtime),
          Nanoseconds(status.stx_ctime)};
}

class PosixFiles : public os::Files {
 public:
  explicit PosixFiles(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  Result<std::optional<os::FileStatus>> Status(std::string_view path) override {
    auto entry = root_->Open(path, O_PATH | O_NOFOLLOW);
    if (!entry && entry.error().kind == ErrorKind::kNotFound) {
      return std::optional<os::FileStatus>();
    }
    if (!entry) return While(fmt::format("look at {}", path), entry.error());
    return Named("look at", path, StatusOf(entry->number()).map([](const struct statx& status) {
      return std::optional(ToFileStatus(status));
    }));
  }

  Result<std::string> Read(std::string_view path, uint64_t limit) override {
    return Named("read", path, root_->Open(path, O_PATH).and_then([&](const Fd& entry) {
      return ReadRegular(entry, limit);
    }));
  }

  Result<std::string> ReadStart(std::string_view path, uint64_t bytes) override {
    return Named("read", path, root_->Open(path, O_PATH).and_then([&](const Fd& entry) {
      return ReadStartOf(entry, bytes);
    }));
  }

  Result<os::FileBytes> Map(std::string_view path, uint64_t limit) override {
    return Named("map", path, root_->Open(path, O_PATH).and_then([&](const Fd& entry) {
      return MapRegular(entry, limit);
    }));
  }

  Result<std::string> ReadConfined(std::string_view directory, std::string_view name) override {
    return Named(
        "read", fmt::format("{}/{}", directory, name),
        root_->Open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW).and_then([&](const Fd& fd) {
          return ReadBeneath(fd, std::string(name));
        }));
  }

  Result<void> Write(std::string_view path, std::string_view content, uint32_t mode) override {
    return Named("write", path, root_->LocateFollowing(path).and_then([&](const Place& place) {
      return PutFile(place, {content, mode, Content::kSynced});
    }));
  }

  Result<void> WriteDraft(std::string_view path, std::string_view content, uint32_t mode) override {
    return Named("write", path, root_->LocateFollowing(path).and_then([&](const Place& place) {
      return PutFile(place, {content, mode, Content::kDraft});
    }));
  }

  Result<void> ReplaceSymlink(std::string_view path, std::string_view target) override {
    if (target.empty() || target.find('\0') != std::string_view::npos) {
      return Fail(ErrorKind::kInvalid, fmt::format("link {}: the target is no path", path));
    }
    return Named("link", path, root_->Locate(path).and_then([&](const Place& place) {
      return place.name.empty() ? Result<void>(FailErrno(EEXIST))
                                : PutSymlink(place, std::string(target));
    }));
  }

  Result<std::string> ReadSymlink(std::string_view path) override {
    return Named("read the symlink", path, Target(path));
  }

  Result<std::string> Resolve(std::string_view path) override {
    return Named("resolve", path, root_->Open(path, O_PATH).and_then([&](const Fd& fd) {
      return root_->PathOf(fd);
    }));
  }

  Result<void> SyncDirectory(std::string_view path) override {
    return Named("sync", path,
                 root_->Open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                     .and_then([](const Fd& fd) -> Result<void> {
                       if (::fsync(fd.number()) != 0) return FailErrno(errno);
                       return {};
                     }));
  }

 private:
  Result<std::string> Target(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    if (!S_ISLNK(status.stx_mode)) return Fail(ErrorKind::kInvalid, "not a symlink");
    char text[PATH_MAX];
    const ssize_t length = ::readlinkat(entry.number(), "", text, sizeof text);
    if (length < 0) return FailErrno(errno);
    return std::string(text, static_cast<size_t>(length));
  }

  std::shared_ptr<const Root> root_;
};

}  // namespace

std::unique_ptr<os::Files> MakePosixFiles(std::shared_ptr<const Root> root) {
  return std::make_unique<PosixFiles>(std::move(root));
}

}  // namespace zprov::adapters
