#include "adapters/tree_copy.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

#include "adapters/attributes.h"
#include "adapters/directory.h"
#include "adapters/entry.h"
#include "adapters/errno.h"
#include "adapters/file_content.h"
#include "adapters/root.h"

namespace zprov::adapters {
namespace {

// New entries are made in this directory at the top of `to` and renamed to their place when they
// are whole. What an interrupted copy left in it goes at the next one.
constexpr char kStaging[] = ".zprov-copy";
constexpr char kNew[] = "new";

class TreeCopy {
 public:
  TreeCopy(const Fd& from, const Fd& to) : from_(from), to_(to) {}

  Result<os::CopyReport> Run() {
    ZPROV_ASSIGN(const Entry from, LookAt(from_, "."));
    ZPROV_ASSIGN(const Entry to, LookAt(to_, "."));
    from_top_ = from.status;
    to_top_ = to.status;
    ZPROV_ASSIGN(const Attributes attributes, AttributesOf(from.fd.number()));
    ZPROV_TRY(OpenStaging());
    auto outcome = Below(from_, to_, "");
    auto cleaned = RemoveStaging();
    ZPROV_TRY(outcome);
    ZPROV_TRY(cleaned);
    ZPROV_TRY(SetAttributes(to.fd.number(), attributes));
    return report_;
  }

 private:
  Result<void> OpenStaging() {
    ZPROV_ASSIGN(const auto in_the_way, LookFor(from_, kStaging));
    if (in_the_way) {
      return Fail(ErrorKind::kExists,
                  std::string(kStaging) + ": exists already: move it out of the tree to be copied");
    }
    if (::mkdirat(to_.number(), kStaging, 0700) != 0 && errno != EEXIST) return FailErrno(errno);
    ZPROV_ASSIGN(staging_, OpenDirectory(to_.number(), kStaging));
    return Empty(staging_);
  }

  Result<void> RemoveStaging() {
    ZPROV_TRY(Empty(staging_));
    if (::unlinkat(to_.number(), kStaging, AT_REMOVEDIR) != 0) return FailErrno(errno);
    return {};
  }

  Result<void> Below(const Fd& from, const Fd& to, const std::string& path) {
    ZPROV_ASSIGN(const auto names, NamesIn(from));
    for (const std::string& name : names) {
      const std::string at = PathBelow(path, name);
      ZPROV_ASSIGN(const Entry source, LookAt(from, name));
      if (!IsDirectory(source.status)) {
        if (auto outcome = Leaf(source, to, at, name); !outcome) {
          return While(at, outcome.error());
        }
        continue;
      }
      auto enters = MakeDirectory(source, to, name);
      if (!enters) return While(at, enters.error());
      if (!*enters) continue;
      ZPROV_TRY(Directory(from, to, at, name));
    }
    return {};
  }

  // Makes the directory `name` in `to`; false when something newer stays there instead.
  Result<bool> MakeDirectory(const Entry& source, const Fd& to, const std::string& name) {
    ZPROV_ASSIGN(const auto present, LookFor(to, name));
    if (present && IsDirectory(present->status)) {
      if (!SameFilesystem(present->status, to_top_)) return FailErrno(EXDEV);
      return true;
    }
    if (present && KeepsNewer(source, *present)) return false;
    if (present && ::unlinkat(to.number(), name.c_str(), 0) != 0) return FailErrno(errno);
    if (::mkdirat(to.number(), name.c_str(), 0700) != 0) return FailErrno(errno);
    ++report_.entries;
    return true;
  }

  // Attributes come last: what is made below would change the modification time.
  Result<void> Directory(const Fd& from, const Fd& to, const std::string& at,
                         const std::string& name) {
    ZPROV_ASSIGN(const Entry source, LookAt(from, name));
    ZPROV_ASSIGN(const Attributes attributes, AttributesOf(source.fd.number()));
    if (!SameFilesystem(source.status, from_top_)) {
      report_.not_entered.push_back(at);
    } else {
      ZPROV_ASSIGN(const Fd below_from, OpenDirectory(from.number(), name));
      ZPROV_ASSIGN(const Fd below_to, OpenDirectory(to.number(), name));
      ZPROV_TRY(Below(below_from, below_to, at));
    }
    ZPROV_ASSIGN(const Entry made, LookAt(to, name));
    if (auto outcome = SetAttributes(made.fd.number(), attributes); !outcome) {
      return While(at, outcome.error());
    }
    return {};
  }

  bool KeepsNewer(const Entry& source, const Entry& present) {
    if (Nanoseconds(present.status.stx_mtime) <= Nanoseconds(source.status.stx_mtime)) return false;
    ++report_.kept_newer;
    return true;
  }

  // Anything but a directory.
  Result<void> Leaf(const Entry& source, const Fd& to, const std::string& at,
                    const std::string& name) {
    ZPROV_ASSIGN(const auto present, LookFor(to, name));
    ZPROV_ASSIGN(const auto twin, TwinOf(source, at));
    if (present && IsDirectory(present->status)) {
      if (::unlinkat(to.number(), name.c_str(), AT_REMOVEDIR) != 0) return FailErrno(errno);
    } else if (present) {
      uint64_t bytes = 0;
      ZPROV_ASSIGN(const auto difference, CompareEntries(source, *present, &bytes));
      const bool linked = !twin || IdOf(*twin) == IdOf(*present);
      if (!difference && linked) return {};
      if (difference && KeepsNewer(source, *present)) return {};
    }
    if (twin) {
      ZPROV_TRY(LinkNew(*twin));
    } else {
      ZPROV_TRY(MakeNew(source));
    }
    if (::renameat(staging_.number(), kNew, to.number(), name.c_str()) != 0) {
      return FailErrno(errno);
    }
    ++report_.entries;
    return {};
  }

  // The copy of an earlier name of the same file, to be linked to; nothing for a first name.
  Result<std::optional<Entry>> TwinOf(const Entry& source, const std::string& at) {
    if (source.status.stx_nlink < 2) return std::optional<Entry>();
    const auto [it, fresh] = first_names_.emplace(IdOf(source), at);
    if (fresh) return std::optional<Entry>();
    open_how how{};
    how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH;
    Entry twin;
    twin.fd = Fd(static_cast<int>(
        ::syscall(SYS_openat2, to_.number(), it->second.c_str(), &how, sizeof how)));
    if (!twin.fd.valid()) return FailErrno(errno);
    ZPROV_ASSIGN(twin.status, StatusOf(twin.fd.number()));
    return std::optional(std::move(twin));
  }

  Result<void> LinkNew(const Entry& twin) {
    const std::string link = "/proc/self/fd/" + std::to_string(twin.fd.number());
    if (::linkat(AT_FDCWD, link.c_str(), staging_.number(), kNew, AT_SYMLINK_FOLLOW) != 0) {
      return FailErrno(errno);
    }
    return {};
  }

  Result<void> MakeNew(const Entry& source) {
    ZPROV_ASSIGN(const Attributes attributes, AttributesOf(source.fd.number()));
    if (S_ISREG(source.status.stx_mode)) {
      ZPROV_TRY(MakeNewFile(source));
    } else if (S_ISLNK(source.status.stx_mode)) {
      ZPROV_ASSIGN(const std::string target, SymlinkText(source.fd));
      if (::symlinkat(target.c_str(), staging_.number(), kNew) != 0) return FailErrno(errno);
    } else {
      const dev_t device = ::makedev(source.status.stx_rdev_major, source.status.stx_rdev_minor);
      const mode_t mode = (source.status.stx_mode & S_IFMT) | 0600u;
      if (::mknodat(staging_.number(), kNew, mode, device) != 0) return FailErrno(errno);
    }
    ZPROV_ASSIGN(const Entry made, LookAt(staging_, kNew));
    return SetAttributes(made.fd.number(), attributes);
  }

  Result<void> MakeNewFile(const Entry& source) {
    ZPROV_ASSIGN(const Fd in, Reopen(source.fd, O_RDONLY));
    const Fd out(::openat(staging_.number(), kNew, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out.valid()) return FailErrno(errno);
    ZPROV_TRY(CopyContent(in, out, source.status.stx_size));
    report_.bytes += source.status.stx_size;
    return {};
  }

  const Fd& from_;
  const Fd& to_;
  Fd staging_;
  struct statx from_top_ = {};
  struct statx to_top_ = {};
  std::map<FileId, std::string>
      first_names_;  // files with several names → where in `to` the first is
  os::CopyReport report_;
};

}  // namespace

Result<os::CopyReport> CopyTree(const Fd& from, const Fd& to) { return TreeCopy(from, to).Run(); }

}  // namespace zprov::adapters
