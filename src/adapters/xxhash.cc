#include "adapters/xxhash.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sysmacros.h>
#include <xxhash.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

#include "adapters/attributes.h"
#include "adapters/entry.h"
#include "adapters/errno.h"
#include "adapters/root.h"
#include "adapters/tree_walk.h"

namespace zprov::adapters {
namespace {

constexpr size_t kHashedAtOnce = 256 * 1024;

struct FreeState {
  void operator()(XXH3_state_t* state) const { ::XXH3_freeState(state); }
};

class TreeHash {
 public:
  TreeHash() : state_(::XXH3_createState()), chunk_(kHashedAtOnce) {
    ::XXH3_128bits_reset(state_.get());
  }

  Result<void> Add(const WalkedEntry& walked) {
    return Named("hash", walked.path, AddWalked(walked));
  }

  // What an entry is, but for the bytes of a file and what is in a directory.
  Result<void> AddStatus(const Fd& entry) {
    ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
    const bool is_device = S_ISCHR(status.stx_mode) || S_ISBLK(status.stx_mode);
    AddText(fmt::format("{:o} {}:{} {}", status.stx_mode, status.stx_uid, status.stx_gid,
                        is_device ? ::makedev(status.stx_rdev_major, status.stx_rdev_minor) : 0));
    ZPROV_ASSIGN(const Xattrs xattrs, XattrsOf(entry.number()));
    for (const auto& [name, value] : xattrs) {
      AddText(name);
      AddText(value);
    }
    if (!S_ISLNK(status.stx_mode)) return {};
    ZPROV_ASSIGN(const std::string text, SymlinkText(entry));
    AddText(text);
    return {};
  }

  std::string Digits() const {
    const XXH128_hash_t hash = ::XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  Result<void> AddWalked(const WalkedEntry& walked) {
    ZPROV_ASSIGN(const Fd entry, OpenEntry(walked.directory, walked.name));
    AddText(walked.path);
    ZPROV_TRY(AddStatus(entry));
    const bool has_bytes = walked.same_filesystem && S_ISREG(walked.status.stx_mode);
    return has_bytes ? AddBytes(entry) : Result<void>();
  }

  void AddRaw(const void* bytes, size_t size) { ::XXH3_128bits_update(state_.get(), bytes, size); }

  // With its length in front, so that "ab", "c" is not "a", "bc".
  void AddText(std::string_view text) {
    const uint64_t size = text.size();
    AddRaw(&size, sizeof size);
    AddRaw(text.data(), text.size());
  }

  Result<void> AddBytes(const Fd& entry) {
    ZPROV_ASSIGN(const Fd file, Reopen(entry, O_RDONLY | O_NONBLOCK));
    uint64_t size = 0;
    for (;;) {
      const ssize_t got = ::read(file.number(), chunk_.data(), chunk_.size());
      if (got < 0) return FailErrno(errno);
      if (got == 0) break;
      AddRaw(chunk_.data(), static_cast<size_t>(got));
      size += static_cast<uint64_t>(got);
    }
    AddRaw(&size, sizeof size);
    return {};
  }

  std::unique_ptr<XXH3_state_t, FreeState> state_;
  std::vector<char> chunk_;
};

}  // namespace

Result<std::string> HashTree(const Fd& top) {
  TreeHash hash;
  ZPROV_TRY(hash.AddStatus(top));
  ZPROV_TRY(WalkBelow(top, WalkOver::kAll, [&](const WalkedEntry& entry) -> Result<Below> {
    return hash.Add(entry).map([] { return Below::kEnter; });
  }));
  return hash.Digits();
}

}  // namespace zprov::adapters
