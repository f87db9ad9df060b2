#include "adapters/entry.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

#include "adapters/attributes.h"
#include "adapters/errno.h"
#include "adapters/root.h"

namespace zprov::adapters {
namespace {

using Kind = os::Difference::Kind;

constexpr size_t kComparedAtOnce = 256 * 1024;

// Reads until `buffer` is full or the file ends.
Result<size_t> ReadFull(const Fd& file, std::vector<char>* buffer) {
  size_t filled = 0;
  while (filled < buffer->size()) {
    const ssize_t got = ::read(file.number(), buffer->data() + filled, buffer->size() - filled);
    if (got < 0) return FailErrno(errno);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  return filled;
}

// Of two regular files.
Result<bool> SameBytes(const Entry& first, const Entry& second, uint64_t* bytes) {
  ZPROV_ASSIGN(const Fd a, Reopen(first.fd, O_RDONLY));
  ZPROV_ASSIGN(const Fd b, Reopen(second.fd, O_RDONLY));
  // Most files are small, and each byte of a buffer costs.
  const auto at_once =
      static_cast<size_t>(std::min<uint64_t>(kComparedAtOnce, first.status.stx_size + 1));
  std::vector<char> chunk_a(at_once);
  std::vector<char> chunk_b(at_once);
  for (;;) {
    ZPROV_ASSIGN(const size_t size_a, ReadFull(a, &chunk_a));
    ZPROV_ASSIGN(const size_t size_b, ReadFull(b, &chunk_b));
    const auto end_a = chunk_a.begin() + static_cast<ptrdiff_t>(size_a);
    const auto end_b = chunk_b.begin() + static_cast<ptrdiff_t>(size_b);
    if (!std::equal(chunk_a.begin(), end_a, chunk_b.begin(), end_b)) return false;
    *bytes += size_a;
    if (size_a == 0) return true;
  }
}

Result<bool> SameContent(const Entry& first, const Entry& second, uint64_t* bytes) {
  const auto& a = first.status;
  const auto& b = second.status;
  if ((a.stx_mode & S_IFMT) != (b.stx_mode & S_IFMT)) return false;
  switch (a.stx_mode & S_IFMT) {
    case S_IFREG:
      if (a.stx_size != b.stx_size) return false;
      return SameBytes(first, second, bytes);
    case S_IFLNK: {
      ZPROV_ASSIGN(const std::string text_a, SymlinkText(first.fd));
      ZPROV_ASSIGN(const std::string text_b, SymlinkText(second.fd));
      return text_a == text_b;
    }
    case S_IFCHR:
    case S_IFBLK:
      return a.stx_rdev_major == b.stx_rdev_major && a.stx_rdev_minor == b.stx_rdev_minor;
    default:
      return true;
  }
}

}  // namespace

FileId IdOf(const Entry& entry) { return {DeviceOf(entry.status), entry.status.stx_ino}; }

Result<Entry> LookAt(const Fd& directory, const std::string& name) {
  Entry entry;
  ZPROV_ASSIGN(entry.fd, OpenEntry(directory.number(), name));
  ZPROV_ASSIGN(entry.status, StatusOf(entry.fd.number()));
  return entry;
}

Result<std::optional<Entry>> LookFor(const Fd& directory, const std::string& name) {
  auto entry = LookAt(directory, name);
  if (entry) return std::optional(std::move(*entry));
  if (entry.error().kind == ErrorKind::kNotFound) return std::optional<Entry>();
  return tl::make_unexpected(entry.error());
}

Result<std::optional<Kind>> CompareEntries(const Entry& first, const Entry& second,
                                           uint64_t* bytes) {
  ZPROV_ASSIGN(const bool same_content, SameContent(first, second, bytes));
  if (!same_content) return std::optional(Kind::kContent);
  const auto& a = first.status;
  const auto& b = second.status;
  const bool same_time = IsDirectory(a) || Nanoseconds(a.stx_mtime) == Nanoseconds(b.stx_mtime);
  if (a.stx_mode != b.stx_mode || a.stx_uid != b.stx_uid || a.stx_gid != b.stx_gid || !same_time) {
    return std::optional(Kind::kAttributes);
  }
  ZPROV_ASSIGN(const Xattrs xattrs_a, XattrsOf(first.fd.number()));
  ZPROV_ASSIGN(const Xattrs xattrs_b, XattrsOf(second.fd.number()));
  if (xattrs_a != xattrs_b) return std::optional(Kind::kAttributes);
  return std::optional<Kind>();
}

Result<std::string> SymlinkText(const Fd& fd) {
  char text[PATH_MAX];
  const ssize_t length = ::readlinkat(fd.number(), "", text, sizeof text);
  if (length < 0) return FailErrno(errno);
  return std::string(text, static_cast<size_t>(length));
}

std::string PathBelow(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

}  // namespace zprov::adapters
