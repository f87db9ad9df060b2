#include "adapters/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "adapters/attributes.h"
#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

Result<void> RemoveEntry(const Fd& directory, const struct statx& top, const std::string& name) {
  ZPROV_ASSIGN(const Fd entry, OpenEntry(directory.number(), name));
  ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
  // Also for a file: one may be mounted over another, and then only the mount would be meant.
  if (!SameFilesystem(status, top)) return FailErrno(name, EXDEV);
  if (IsDirectory(status)) {
    ZPROV_ASSIGN(const Fd below, OpenDirectory(directory.number(), name));
    if (auto outcome = Empty(below); !outcome) {
      Error error = std::move(outcome).error();
      error.message = name + "/" + error.message;
      return tl::make_unexpected(std::move(error));
    }
  }
  const int flags = IsDirectory(status) ? AT_REMOVEDIR : 0;
  if (::unlinkat(directory.number(), name.c_str(), flags) != 0) return FailErrno(name, errno);
  return {};
}

}  // namespace

Result<Fd> OpenDirectory(int directory, const std::string& name) {
  Fd fd(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return FailErrno(errno);
  return fd;
}

Result<std::vector<TypedName>> EntriesIn(const Fd& fd) {
  // A descriptor of its own: fdopendir takes it over, and its position is not shared.
  const int number = ::openat(fd.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return FailErrno(errno);
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(number));
  if (!stream) {
    const int failed = errno;
    ::close(number);
    return FailErrno(failed);
  }
  std::vector<TypedName> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") entries.push_back({std::string(name), entry->d_type});
  }
  if (errno != 0) return FailErrno(errno);
  std::ranges::sort(entries, {}, &TypedName::name);
  return entries;
}

Result<std::vector<std::string>> NamesIn(const Fd& fd) {
  ZPROV_ASSIGN(auto entries, EntriesIn(fd));
  std::vector<std::string> names;
  for (TypedName& entry : entries) names.push_back(std::move(entry.name));
  return names;
}

Result<void> Empty(const Fd& fd) {
  ZPROV_ASSIGN(const struct statx top, StatusOf(fd.number()));
  ZPROV_ASSIGN(const auto names, NamesIn(fd));
  for (const std::string& name : names) ZPROV_TRY(RemoveEntry(fd, top, name));
  return {};
}

}  // namespace zprov::adapters
