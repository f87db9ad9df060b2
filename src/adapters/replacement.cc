#include "adapters/replacement.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "adapters/attributes.h"
#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

constexpr size_t kLongestName = 255;  // NAME_MAX
constexpr std::string_view kWaiting = ".zprov-new.";

Result<void> WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) return FailErrno(errno);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<void> Fill(int fd, const NewContent& content, const std::optional<Attributes>& kept) {
  ZPROV_TRY(WriteAll(fd, content.bytes));
  if (kept) {
    ZPROV_TRY(SetOwnerModeAndXattrs(fd, *kept));
  } else if (::fchmod(fd, content.mode) != 0) {
    return FailErrno("chmod", errno);
  }
  if (content.sync == Content::kSynced && ::fsync(fd) != 0) return FailErrno(errno);
  return {};
}

// False when something is at `place` already. A nameless file would cost more: btrfs writes it down
// as an orphan and takes that back.
Result<bool> MakeDraft(const Place& place, const NewContent& content) {
  const int directory = place.parent.number();
  const char* name = place.name.c_str();
  const Fd file(::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid() && errno == EEXIST) return false;
  if (!file.valid()) return FailErrno(errno);
  auto filled = Fill(file.number(), content, std::nullopt);
  if (filled) return true;
  ::unlinkat(directory, name, 0);
  return tl::make_unexpected(std::move(filled).error());
}

// What the file at `place` has and the new one must keep; nothing when nothing is there.
Result<std::optional<Attributes>> Kept(const Place& place) {
  auto entry = OpenEntry(place.parent.number(), place.name);
  if (!entry) {
    if (entry.error().kind == ErrorKind::kNotFound) return std::optional<Attributes>();
    return tl::make_unexpected(entry.error());
  }
  ZPROV_ASSIGN(const struct statx status, StatusOf(entry->number()));
  if (IsDirectory(status)) return FailErrno(EISDIR);
  if (!S_ISREG(status.stx_mode)) return Fail(ErrorKind::kInvalid, "not a regular file");
  ZPROV_ASSIGN(Attributes attributes, AttributesOf(entry->number()));
  return std::optional<Attributes>(std::move(attributes));
}

struct NewFile {
  Fd fd;
  bool named = false;  // has its waiting name already
};

// A file without a name vanishes with this process; file systems without O_TMPFILE (vfat, NFS) need
// one that has its waiting name from the start, and for a draft that is cheaper.
Result<NewFile> MakeNewFile(int directory, const std::string& waiting, Content sync) {
  if (sync == Content::kSynced) {
    Fd fd(::openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    if (fd.valid()) return NewFile{std::move(fd), false};
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) return FailErrno(errno);
  }
  ::unlinkat(directory, waiting.c_str(), 0);  // left over by an interrupted Write
  Fd fd(::openat(directory, waiting.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return FailErrno(errno);
  return NewFile{std::move(fd), true};
}

Result<void> NameIt(const Fd& fd, int directory, const std::string& name) {
  const std::string link = fmt::format("/proc/self/fd/{}", fd.number());
  if (::linkat(AT_FDCWD, link.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return FailErrno(errno);
  }
  return {};
}

// A new name needs no rename: it is there whole or not at all. False when something took it.
Result<bool> NameAtOnce(const NewFile& file, const Place& place) {
  if (file.named) return false;
  auto named = NameIt(file.fd, place.parent.number(), place.name);
  if (named) return true;
  if (named.error().kind == ErrorKind::kExists) return false;
  return tl::make_unexpected(std::move(named).error());
}

}  // namespace

std::string WaitingName(const std::string& name) {
  return std::string(kWaiting) + name.substr(0, kLongestName - kWaiting.size());
}

Result<void> PutFile(const Place& place, const NewContent& content) {
  if (content.sync == Content::kDraft) {
    ZPROV_ASSIGN(const bool is_made, MakeDraft(place, content));
    if (is_made) return {};
  }
  const int directory = place.parent.number();
  const std::string waiting = WaitingName(place.name);
  ZPROV_ASSIGN(const auto kept, Kept(place));
  ZPROV_ASSIGN(NewFile file, MakeNewFile(directory, waiting, content.sync));
  auto outcome = Fill(file.fd.number(), content, kept);
  if (outcome && !kept) {
    ZPROV_ASSIGN(const bool is_there, NameAtOnce(file, place));
    if (is_there) return {};
  }
  if (outcome && !file.named) {
    ::unlinkat(directory, waiting.c_str(), 0);  // left over by an interrupted Write
    outcome = NameIt(file.fd, directory, waiting);
    file.named = outcome.has_value();
  }
  if (outcome && ::renameat(directory, waiting.c_str(), directory, place.name.c_str()) != 0) {
    outcome = FailErrno(errno);
  }
  if (!outcome && file.named) ::unlinkat(directory, waiting.c_str(), 0);
  return outcome;
}

}  // namespace zprov::adapters
