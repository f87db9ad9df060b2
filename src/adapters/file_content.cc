#include "adapters/file_content.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

constexpr size_t kReadAtOnce = 1024 * 1024;

Result<void> WriteAt(int fd, const std::vector<char>& chunk, size_t size, off_t offset) {
  for (size_t done = 0; done < size;) {
    const ssize_t written =
        ::pwrite(fd, chunk.data() + done, size - done, offset + static_cast<off_t>(done));
    if (written < 0) return FailErrno(errno);
    done += static_cast<size_t>(written);
  }
  return {};
}

Result<void> CopyRange(const Fd& from, const Fd& to, off_t begin, off_t end) {
  std::vector<char> chunk(std::min(kReadAtOnce, static_cast<size_t>(end - begin)));
  while (begin < end) {
    const size_t want = std::min(chunk.size(), static_cast<size_t>(end - begin));
    const ssize_t got = ::pread(from.number(), chunk.data(), want, begin);
    if (got < 0) return FailErrno(errno);
    if (got == 0) return {};  // somebody cut the file short
    ZPROV_TRY(WriteAt(to.number(), chunk, static_cast<size_t>(got), begin));
    begin += got;
  }
  return {};
}

// Every stretch of data, holes left out. A file system that knows no holes reports one stretch.
Result<void> CopyData(const Fd& from, const Fd& to, off_t size) {
  for (off_t at = 0; at < size;) {
    const off_t data = ::lseek(from.number(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return {};  // only a hole is left
    if (data < 0) return FailErrno(errno);
    const off_t hole = ::lseek(from.number(), data, SEEK_HOLE);
    if (hole < 0) return FailErrno(errno);
    ZPROV_TRY(CopyRange(from, to, data, std::min(hole, size)));
    at = hole;
  }
  return {};
}

}  // namespace

Result<void> CopyContent(const Fd& from, const Fd& to, uint64_t size) {
  if (::ioctl(to.number(), FICLONE, from.number()) == 0) return {};
  // Anything else means "not these two files"; copy_file_range would not do better then.
  if (errno == ENOSPC || errno == EDQUOT || errno == EIO) return FailErrno(errno);
  ZPROV_TRY(CopyData(from, to, static_cast<off_t>(size)));
  if (::ftruncate(to.number(), static_cast<off_t>(size)) != 0) return FailErrno(errno);
  return {};
}

}  // namespace zprov::adapters
