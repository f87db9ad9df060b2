// Small acts inside the root of another machine (os/roots.h), which nothing points to yet: nothing
// is synced here. What a symlink says is followed as that machine would.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "os/roots.h"
#include "util/result.h"

namespace zprov::engine {

// `path` with every symlink followed as that machine would; nothing when it leads to nothing.
Result<std::optional<std::string>> RealPath(os::InsideRoot& root, const std::string& path);

struct OwnFile {
  std::string path;  // inside the root
  std::string content;
  uint32_t mode = 0644;  // of a new file
};

// A file can be written at `path`: its directory is there, and a symlink that leads to nowhere, or
// to what is made anew at each start (/run), is gone. Through it nobody on that machine would see
// the file.
Result<void> MakeRoomFor(os::InsideRoot& root, const std::string& path);

// Room is made, and the file is there with that content, and with the owner, mode and xattrs of one
// that was there.
Result<void> PutOwn(os::InsideRoot& root, const OwnFile& file);

// The directory with all its missing parents, 0755.
Result<void> MakeDirectoriesIn(os::InsideRoot& root, const std::string& path);

// The entry goes, a directory with all below it; of a symlink only the link. Nothing when nothing
// is there.
Result<void> RemoveFrom(os::InsideRoot& root, const std::string& path);

}  // namespace zprov::engine
