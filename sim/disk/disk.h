// The simulated disk: one btrfs, and any other file systems that are mounted into it. It knows
// inodes and names, not paths (walk.h does), and behaves like the kernel
// (fixtures/kernels/README.md, section btrfs). Every change is volatile until it is synced;
// CutPower takes back what was not. Not simulated: permissions (everybody is root), quotas, holes,
// space on anything but the btrfs.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "os/btrfs.h"
#include "os/clock.h"
#include "sim/disk/inode.h"
#include "util/result.h"

namespace zprov::sim {

struct DiskOptions {
  uint64_t capacity = uint64_t{1} << 40;  // bytes of the btrfs, data and metadata together
  uint64_t seed = 1;                      // of the uuids
};

struct Mount {
  Node at = {};    // directory it hides
  Node root = {};  // what is seen there instead
  std::string type = "ext4";
  std::string path = {};  // of `at`, from the disk's root
  os::Access access = os::Access::kReadWrite;
  bool nosuid = false;
  bool nodev = false;
};

// A name in a directory.
struct Spot {
  Node directory;
  std::string name;
};

class Disk;

// Lock files that are held now; in the hands of their holders they may outlive the disk.
struct HeldLocks {
  Disk* disk = nullptr;  // null: it is gone
  std::set<Node> nodes;
  std::set<Node> records;  // others hold a record lock on them
  uint64_t boot = 0;       // locks taken before the last power cut are nobody's
};

class Disk {
 public:
  Disk(const os::Clock& clock, const DiskOptions& options);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  // ---- reading
  Node Root() const { return {}; }
  const Inode& Get(const Node& node) const;  // the node must exist
  bool Exists(const Node& node) const;
  // All inodes of the tree that it lies in, as they are now: a copy costs nothing.
  const Table<Inode>& InodesBeside(const Node& node) const { return TreeOf(node).inodes; }
  // What a name means, mounts not crossed: nothing, an inode, a subvolume's root, or a stub.
  std::optional<Node> Child(const Node& directory, std::string_view name) const;
  os::FileStatus Status(const Node& node) const;

  // ---- names and inodes; spot.directory must be a directory
  Result<Node> Make(const Spot& spot, Inode inode);     // kExists
  Result<Node> Replace(const Spot& spot, Inode inode);  // takes the place of a non-directory
  Result<void> Link(const Spot& spot, const Node& file);
  Result<void> Remove(const Spot& spot);
  Result<void> Move(const Spot& from, const Spot& to);
  Result<void> Swap(const Spot& a, const Spot& b);
  Result<void> Rewrite(const Node& file, std::string_view content);  // in place
  Result<Inode*> Edit(const Node& node);  // attributes only; valid until the next change

  // ---- subvolumes
  bool IsBtrfs(const Node& node) const { return node.volume == 0; }
  Result<void> MakeSubvolume(const Spot& spot, uint32_t mode);
  Result<void> Snapshot(const Node& from, const Spot& to, os::Access access);
  Result<void> DeleteSubvolume(const Spot& spot);
  Result<void> SetAccess(const Node& root, os::Access access);
  os::Subvolume Describe(const Node& root) const;
  std::vector<os::NestedSubvolume> Nested(const Node& root) const;
  os::Space Usage() const;
  // Grows whenever something on it changes: whoever looked before need not look again while it is
  // the same.
  uint64_t changes() const { return changes_; }

  // ---- mounts
  // An empty file system of that type; gives its root. Nothing on tmpfs, proc and sysfs
  // survives.
  Node MakeFilesystem(std::string_view type);
  // Any directory may be mounted: a bind, or a subvolume. Mounts outlive a power cut, as if fstab
  // made them again.
  void AddMount(Mount mount) { mounts_.push_back(std::move(mount)); }
  const std::deque<Mount>& mounts() const { return mounts_; }
  const Mount* MountOver(const Node& at) const;  // what hides `at`; null: nothing
  // What the kernel does when a medium breaks.
  void SetReadOnly(uint32_t volume, os::Access access);

  // ---- durability
  void Sync(uint32_t volume);
  void SyncDirectory(const Node& directory);
  void CutPower();
  // Another disk: what a power cut right now would leave. This one goes on.
  std::unique_ptr<Disk> AfterPowerCut() const;
  void SetCapacity(uint64_t bytes) { capacity_ = bytes; }

  const os::Clock& clock() const { return clock_; }
  const std::shared_ptr<HeldLocks>& locks() const { return locks_; }

 private:
  struct Volume {
    Image live;
    Image durable;
    bool dirty = false;  // live differs from durable
    bool read_only = false;
    bool in_memory = false;  // tmpfs, proc, sysfs: nothing survives
  };

  struct Use {
    uint64_t data = 0;
    uint64_t metadata = 0;
  };

  const Image& Live(const Node& node) const { return volumes_[node.volume].live; }
  const Tree& TreeOf(const Node& node) const { return *Live(node).trees.Find(node.tree); }
  Tree& EditTree(const Node& node);
  Inode& EditInode(const Node& node);
  int64_t Now() const { return clock_.WallTime().count(); }
  Tree NewTree();

  bool LiesAt(const Tree& tree, const Node& directory, std::string_view name) const;
  Result<void> MayChange(const Node& directory) const;
  Result<void> MayLeave(const Spot& from, const Spot& to, const Entry& entry) const;
  bool IsAbove(const Node& node, Node below) const;
  Result<Entry> EntryAt(const Spot& spot) const;
  void Settle(const Spot& spot, const Entry& entry);
  void Unsettle(const Spot& spot);
  Node Add(const Spot& spot, Inode inode);
  void AddTree(const Spot& spot, Tree tree);
  Result<void> Charge(const Node& where, uint64_t bytes);
  Use CountUse() const;

  const os::Clock& clock_;
  uint64_t capacity_;
  uint64_t seed_;
  uint64_t uuids_ = 0;
  uint64_t changes_ = 0;
  uint64_t use_bound_ = 0;  // never less than what is used; exact after a count
  std::vector<Volume> volumes_;
  std::deque<Mount> mounts_;  // pointers into it stay valid
  std::shared_ptr<HeldLocks> locks_;
};

}  // namespace zprov::sim
