// What of the host must not reach its nodes, as data: the entries that go from a base, the snapshot
// that all roots of a generation are made of, each with its reason. Walking a base and removing is
// the engine's part.
//
//   for each row: every place in the base that `path` matches and `except` does not; then `how`.
//
// Paths mean places inside the base (os::InsideRoot). What is not there is no error: most rows
// match nothing on most hosts. Which kinds of ssh host keys the source has must be looked up
// before.
#pragma once

#include <span>
#include <string_view>

namespace zprov::roots {

enum class Removal {
  kEntry,       // the entry itself, a directory with all below it; of a symlink only the link
  kFilesBelow,  // every entry below this directory that is no directory; the directories stay
};

struct HostOnly {
  std::string_view path;  // absolute; any component may be a pattern: "/etc/ssh/ssh_host_*"
  Removal how = Removal::kEntry;
  std::string_view reason;    // "what the host exports", for a person
  std::string_view except{};  // pattern of the last component's names that stay; empty: none

  bool operator==(const HostOnly&) const = default;
};

// In the order to work through; no row twice.
std::span<const HostOnly> HostOnlyRows();

// True when the component of a path is a pattern, not a name: it holds '*' or '?'.
bool IsPattern(std::string_view component);

// `name` against a pattern as the shell has it: '*' any bytes or none, '?' one byte, all else
// itself. A name that begins with a dot is nothing special.
bool Matches(std::string_view pattern, std::string_view name);

}  // namespace zprov::roots
