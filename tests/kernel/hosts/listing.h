// What is on a real disk, as text that two trees can be compared by. Reads with plain system calls,
// not through zprov's adapters: it judges them.
#pragma once

#include <string>

namespace zprov::tests {

// kOfFiles: modification times of all but directories.
enum class Times { kLeftOut, kOfFiles };

// A line per entry below host directory `root`, sorted, paths relative to it: type (subvolumes and
// their stubs apart), mode, owner, size, content, symlink text, xattrs, ACLs, and which names are
// one file. Other file systems are not entered. Throws std::filesystem::filesystem_error.
std::string Listing(const std::string& root, Times times = Times::kLeftOut);

// The host path of the home directories of the tree at `root`: /home itself or what it points to.
std::string HomeOf(const std::string& root);

// The whole file; empty when there is none.
std::string ContentOf(const std::string& path);

}  // namespace zprov::tests
