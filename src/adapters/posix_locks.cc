#include "adapters/posix_locks.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <string>

#include "adapters/attributes.h"
#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

constexpr size_t kLongestHolder = 1024;  // bytes of the holder's line that we read back

class Flock : public os::Lock {
 public:
  explicit Flock(Fd fd) : fd_(std::move(fd)) {}
  // Emptied while still held, so that the next holder's rival never reads our name.
  ~Flock() override { (void)!::ftruncate(fd_.number(), 0); }

 private:
  Fd fd_;
};

std::string HolderOf(const Fd& fd) {
  std::string line(kLongestHolder, '\0');
  const ssize_t got = ::pread(fd.number(), line.data(), line.size(), 0);
  line.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return line.substr(0, line.find('\n'));
}

Result<void> WriteHolder(const Fd& fd, std::string line) {
  line += '\n';
  if (::ftruncate(fd.number(), 0) != 0) return FailErrno(errno);
  const ssize_t written = ::pwrite(fd.number(), line.data(), line.size(), 0);
  if (written < 0) return FailErrno(errno);
  if (static_cast<size_t>(written) != line.size()) return FailErrno(ENOSPC);
  return {};
}

class PosixLocks : public os::Locks {
 public:
  explicit PosixLocks(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  Result<std::unique_ptr<os::Lock>> TryLock(std::string_view path,
                                            std::string_view holder) override {
    const std::string doing = "lock " + std::string(path);
    if (holder.empty() || holder.size() >= kLongestHolder ||
        holder.find('\n') != std::string_view::npos) {
      return Fail(ErrorKind::kInvalid, doing + ": the holder is not one line");
    }
    auto fd = OpenLockFile(path);
    if (!fd) return While(doing, fd.error());
    if (::flock(fd->number(), LOCK_EX | LOCK_NB) != 0) {
      // The message is the holder's line alone: os/locks.h.
      if (errno == EWOULDBLOCK) return Fail(ErrorKind::kBusy, HolderOf(*fd));
      return FailErrno(doing, errno);
    }
    if (auto outcome = WriteHolder(*fd, std::string(holder)); !outcome) {
      return While(doing, outcome.error());
    }
    return std::make_unique<Flock>(std::move(*fd));
  }

  Result<bool> IsHeld(std::string_view path) override {
    auto held = LockedByAnother(path);
    if (!held && held.error().kind == ErrorKind::kNotFound) return false;
    return Named("look for who holds", path, std::move(held));
  }

 private:
  // Asks with an open file description of its own, so that no lock of this process is in its way
  // and none is lost when it closes: dpkg's and apt's locks are never ours.
  Result<bool> LockedByAnother(std::string_view path) const {
    ZPROV_ASSIGN(const Fd entry, root_->Open(path, O_PATH | O_NOFOLLOW));
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    if (!S_ISREG(status.stx_mode)) return Fail(ErrorKind::kInvalid, "not a regular file");
    ZPROV_ASSIGN(const Fd file, Reopen(entry, O_RDONLY));
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file.number(), F_OFD_GETLK, &lock) != 0) return FailErrno(errno);
    return lock.l_type != F_UNLCK;
  }

  Result<Fd> OpenLockFile(std::string_view path) const {
    ZPROV_ASSIGN(const Place place, root_->Locate(path));
    if (place.name.empty()) return FailErrno(EISDIR);
    Fd fd(::openat(place.parent.number(), place.name.c_str(),
                   O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600));
    if (!fd.valid()) return FailErrno(errno);
    return fd;
  }

  std::shared_ptr<const Root> root_;
};

}  // namespace

std::unique_ptr<os::Locks> MakePosixLocks(std::shared_ptr<const Root> root) {
  return std::make_unique<PosixLocks>(std::move(root));
}

}  // namespace zprov::adapters
