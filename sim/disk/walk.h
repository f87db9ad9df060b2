// Paths on the simulated disk: resolved below a root directory as openat2(RESOLVE_IN_ROOT) does, so
// that a world can be the whole disk or, as with --root DIR, a part of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/disk/disk.h"

namespace zprov::sim {

// Where a path led.
struct Found {
  Spot spot;                     // directory and name it really has; no name: the view's root
  std::optional<Node> node;      // nothing: no such name
  std::string path;              // canonical, as the view sees it
  const Mount* mount = nullptr;  // file system of `node`, or of its directory; null: the disk's
  const Mount* directory_mount = nullptr;
  std::string mount_path = "/";  // where that file system begins, as the view sees it
  bool is_mount_point = false;
};

// One directory on a path, as it is really named and mounted. The name is a piece of the path that
// was walked, or of a symlink on it.
struct Level {
  Node node;
  std::string_view name;
  const Mount* mount = nullptr;
  bool mounted_here = false;
};

enum class Last { kKeep, kFollow };  // whether a symlink in the last component is followed

// A directory of a disk, taken for "/".
class View {
 public:
  explicit View(Disk& disk, std::string root = "/") : disk_(&disk), root_(std::move(root)) {}

  Disk& disk() const { return *disk_; }
  // A path from the disk's own root.
  const std::string& root() const { return root_; }

  // The directory `found` of this view, taken for "/" in its turn. It stays that directory when
  // its name changes; once it is deleted nothing is found in it.
  View Inside(const Found& found) const;

  // Errors name the path: kInvalid (not normal, symlink loop), kNotDirectory, kNotFound (a
  // directory on the way).
  Result<Found> Walk(std::string_view path, Last last) const;
  // The same, and kNotFound when nothing is there.
  Result<Found> Existing(std::string_view path, Last last) const;
  // The same as Existing for who needs no more: most of what is asked of a disk.
  Result<Node> NodeAt(std::string_view path, Last last) const;
  // The same as Existing, and kNotDirectory for anything else.
  Result<Found> Directory(std::string_view path, Last last) const;
  // For what changes the name at `path`: kReadOnly where its directory is mounted so.
  Result<Found> ForChange(std::string_view path, Last last) const;

 private:
  struct Fixed {
    Node node;
    const Mount* mount = nullptr;
  };

  Result<Level> RootLevel() const;
  Result<Level> Begin(std::string_view path) const;

  Disk* disk_;
  std::string root_;
  std::optional<Fixed> fixed_;  // the root itself; nothing: whatever is at root_
};

// The error, if there is one, with the path in front.
template <typename T>
Result<T> About(std::string_view path, Result<T> result) {
  if (result.has_value()) return result;
  return While(path, std::move(result).error());
}

}  // namespace zprov::sim
