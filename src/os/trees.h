// The shape of directory trees, and whole trees at once. Paths, common errors and durability as in
// os/files.h; no verb here follows a symlink in the last component.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "os/files.h"
#include "util/result.h"

namespace zprov::os {

// Why two trees are not the same at one relative path.
struct Difference {
  enum class Kind {
    kMissing,     // in the first tree only; a directory counts once, whatever is below it
    kExtra,       // in the second tree only; likewise
    kContent,     // type, bytes or symlink text differ
    kAttributes,  // owner, mode, modification time, ACLs or xattrs differ
    kLinks,       // names that are one file in the first tree are not one in the second
  };
  Kind kind = Kind::kMissing;
  std::string path;               // relative to both trees, "pi/notes.txt"; "" is the tree itself
  int64_t first_modified_ns = 0;  // since 1970; 0 where that side has nothing
  int64_t first_changed_ns = 0;
  int64_t second_modified_ns = 0;

  bool operator==(const Difference&) const = default;
};

struct Comparison {
  uint64_t entries = 0;                 // paths looked at, all types, the tree itself included
  uint64_t bytes = 0;                   // content bytes compared
  uint64_t count = 0;                   // differences in all
  std::vector<Difference> differences;  // the first 100000 of them, in path order

  bool operator==(const Comparison&) const = default;
};

struct CopyReport {
  uint64_t entries = 0;                  // entries made or replaced
  uint64_t bytes = 0;                    // content bytes copied (a reflink counts as copied)
  uint64_t kept_newer = 0;               // entries left alone because the second tree's were newer
  std::vector<std::string> not_entered;  // other subvolumes and file systems below `from`, as paths

  bool operator==(const CopyReport&) const = default;
};

// What is mounted at or above a path.
struct Filesystem {
  std::string type;         // "btrfs", "ext4", "tmpfs", …
  std::string mount_point;  // as the world's root sees it; "/" when it lies at or above the root
  bool read_only = false;
  bool nosuid = false;
  bool nodev = false;

  bool operator==(const Filesystem&) const = default;
};

class Trees {
 public:
  virtual ~Trees() = default;

  // Names in a directory, sorted bytewise, without "." and "..". kNotFound.
  virtual Result<std::vector<std::string>> List(std::string_view path) = 0;

  // One directory whose parent exists. kExists; kNotFound (parent); kNoSpace.
  virtual Result<void> MakeDirectory(std::string_view path, uint32_t mode) = 0;

  // One file, symlink, special file or empty directory. kNotFound; kNotEmpty; kBusy (mount point).
  virtual Result<void> Remove(std::string_view path) = 0;

  // A directory with all below it; never crosses into another subvolume or file system
  // (kCrossDevice names it; what was removed before stays removed). kNotFound; kNotDirectory.
  virtual Result<void> RemoveTree(std::string_view path) = 0;

  // Never replaces: kExists when `to` is there. Subvolumes move too. kNotFound; kBusy (mount
  // point); kCrossDevice; kReadOnly for a read-only subvolume that would change its parent
  // (fixtures/kernels/README.md).
  virtual Result<void> Rename(std::string_view from, std::string_view to) = 0;

  // Swaps two existing names in one act (RENAME_EXCHANGE). kNotFound; kBusy (mount point);
  // kCrossDevice.
  virtual Result<void> Exchange(std::string_view a, std::string_view b) = 0;

  // Everything in directory `from` is in directory `to` afterwards: content (reflinked where the
  // file system can), holes, owners, modes, times, ACLs, xattrs, hard links among the copied,
  // FIFOs, sockets and devices, and the attributes of the top directory itself. An entry already
  // the same is left alone; one that differs is replaced, but for one whose modification time in
  // `to` is later: that one is kept and counted. An entry of another type is replaced only while it
  // is not a non-empty directory (kNotEmpty names it). Nothing is ever deleted otherwise. Each file
  // appears whole under its name. Does not enter other file systems or subvolumes below `from`:
  // their mount points become empty directories. Not synced: call Sync. kNotFound; kNoSpace, after
  // which the call can be repeated.
  virtual Result<CopyReport> Copy(std::string_view from, std::string_view to) = 0;

  // Regular file `from` once more at `to`, where nothing is: the content (reflinked where the file
  // system can), with that mode and nothing else of its attributes. Follows no symlink in the last
  // component. For a tree that nothing points to yet: not synced. kNotFound (`from`, or the parent
  // of `to`); kExists; kInvalid when `from` is no regular file; kNoSpace, and then nothing is at
  // `to`.
  virtual Result<void> CopyFile(std::string_view from, std::string_view to, uint32_t mode) = 0;

  // How `second` differs from `first`, reading every byte of both; does not enter other file
  // systems or subvolumes. Modification times of directories are not compared. kNotFound.
  virtual Result<Comparison> Compare(std::string_view first, std::string_view second) = 0;

  // syncfs of the file system that holds `path`: all that happened on it survives a power cut.
  virtual Result<void> Sync(std::string_view path) = 0;

  // kNotFound.
  virtual Result<Filesystem> FilesystemOf(std::string_view path) = 0;

  // Every file system mounted strictly below directory `path`, by mount point. kNotFound.
  virtual Result<std::vector<Filesystem>> MountsBelow(std::string_view path) = 0;
};

}  // namespace zprov::os
