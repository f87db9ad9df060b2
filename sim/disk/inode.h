// The passive records of the simulated disk: what a file is, what a subvolume is, where one lies.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "os/files.h"
#include "sim/disk/table.h"

namespace zprov::sim {

// Numbers that btrfs fixes (linux/btrfs_tree.h).
inline constexpr uint64_t kTopLevelId = 5;   // BTRFS_FS_TREE_OBJECTID
inline constexpr uint64_t kFirstFree = 256;  // BTRFS_FIRST_FREE_OBJECTID: a subvolume's root
inline constexpr uint64_t kStubInode = 2;    // BTRFS_EMPTY_SUBVOL_DIR_OBJECTID

// Metadata that each takes, roughly as on btrfs: an inode with its name, and a tree's root node.
inline constexpr uint64_t kInodeBytes = 512;
inline constexpr uint64_t kTreeBytes = 16384;

// What a name in a directory means: an inode of the same tree, or another subvolume.
struct Entry {
  uint64_t inode = 0;
  uint64_t subvolume = 0;  // not 0: the root of that subvolume, or a stub of it

  bool operator==(const Entry&) const = default;
};

using Names = std::map<std::string, Entry, std::less<>>;

struct Inode {
  os::FileType type = os::FileType::kRegular;
  uint32_t mode = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t device = 0;  // of a device node
  uint64_t links = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;
  std::shared_ptr<const std::string> content;  // bytes, or a symlink's text; never null for those
  std::map<std::string, std::string> xattrs;   // ACLs are system.posix_acl_access and _default
  Names names;                                 // of a directory
  uint64_t parent = 0;                         // a directory's own place in its tree
  std::string name;
  bool content_synced = false;  // what Files::Write leaves: only its name can still be lost

  uint64_t Size() const;  // as st_size
};

// One subvolume; on a file system other than btrfs, the whole of it.
struct Tree {
  uint64_t parent_id = 0;         // subvolume it lies in; 0 for the top level
  uint64_t parent_directory = 0;  // inode there
  std::string name;               // in that directory
  std::string uuid;
  std::string source_uuid;
  uint64_t generation = 0;
  bool read_only = false;
  uint64_t next_inode = kFirstFree + 1;
  Table<Inode> inodes;
};

// A whole file system at one moment; a copy costs nothing.
struct Image {
  Table<Tree> trees;
  uint64_t next_tree = kFirstFree;
  uint64_t generation = 1;  // of the transaction under way
};

// One inode of the disk.
struct Node {
  uint32_t volume = 0;  // file system
  uint64_t tree = kTopLevelId;
  uint64_t inode = kFirstFree;

  bool IsStub() const { return inode == kStubInode; }
  bool IsTreeRoot() const { return inode == kFirstFree; }
  auto operator<=>(const Node&) const = default;
};

}  // namespace zprov::sim
