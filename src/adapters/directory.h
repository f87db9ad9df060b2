// Reading and removing names relative to a directory's descriptor, for everything that walks trees.
// std::filesystem and fts(3) walk by path text, so a walk of theirs can be led astray by a rename.
#pragma once

#include <string>
#include <vector>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

// The directory `name` in `directory`, readable, no symlink followed.
Result<Fd> OpenDirectory(int directory, const std::string& name);

struct TypedName {
  std::string name;
  unsigned char type = 0;  // DT_DIR, …; DT_UNKNOWN where the file system does not say
};

// What is in the readable directory `fd`, sorted bytewise by name, without "." and "..".
Result<std::vector<TypedName>> EntriesIn(const Fd& fd);

// Names in the readable directory `fd`, sorted bytewise, without "." and "..".
Result<std::vector<std::string>> NamesIn(const Fd& fd);

// Everything below the readable directory `fd` goes; `fd` itself stays. kCrossDevice names the
// first entry that is on another subvolume or file system; what went before stays gone.
Result<void> Empty(const Fd& fd);

}  // namespace zprov::adapters
