// One entry of a tree, looked at without following it, and whether two of them are the same.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "adapters/fd.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::adapters {

struct Entry {
  Fd fd;  // O_PATH
  struct statx status = {};
};

// Which file a name means, whatever the name: st_dev and inode.
using FileId = std::pair<uint64_t, uint64_t>;
FileId IdOf(const Entry& entry);

// `name` in `directory`; "." is the directory itself. kNotFound.
Result<Entry> LookAt(const Fd& directory, const std::string& name);

// As LookAt, with nothing for a name that is not there.
Result<std::optional<Entry>> LookFor(const Fd& directory, const std::string& name);

// What differs first: kContent (type, bytes, symlink text, device) or kAttributes (owner, mode,
// xattrs, and but for directories the modification time). Nothing when they are the same. Adds the
// content bytes that were compared to `bytes`.
Result<std::optional<os::Difference::Kind>> CompareEntries(const Entry& first, const Entry& second,
                                                           uint64_t* bytes);

// The text of the symlink that `fd` (O_PATH) stands for.
Result<std::string> SymlinkText(const Fd& fd);

// "pi" and "notes.txt" → "pi/notes.txt"; "" stands for the top of a tree.
std::string PathBelow(const std::string& path, const std::string& name);

}  // namespace zprov::adapters
