// What a btrfs can do beyond other file systems, and how full it is.
#include <algorithm>
#include <unordered_set>

#include "sim/disk/disk.h"

namespace zprov::sim {

namespace {

// The path from the subvolume `above` down to the subvolume `id`; nothing when it is not below.
std::optional<std::string> PathBetween(const Image& image, uint64_t above, uint64_t id) {
  std::string path;
  auto prepend = [&path](const std::string& name) {
    path = path.empty() ? name : name + "/" + path;
  };
  while (id != above) {
    const Tree* tree = image.trees.Find(id);
    if (tree == nullptr || tree->parent_id == 0) return std::nullopt;
    prepend(tree->name);
    const Tree* parent = image.trees.Find(tree->parent_id);
    if (parent == nullptr) return std::nullopt;
    for (uint64_t at = tree->parent_directory; at != kFirstFree;) {
      const Inode& directory = *parent->inodes.Find(at);
      prepend(directory.name);
      at = directory.parent;
    }
    id = tree->parent_id;
  }
  return path;
}

Result<void> NeedBtrfs(const Node& node) {
  if (node.volume == 0) return {};
  return Fail(ErrorKind::kNotSupported, "not on btrfs: choose a place on the btrfs file system");
}

}  // namespace

Result<void> Disk::MakeSubvolume(const Spot& spot, uint32_t mode) {
  if (Child(spot.directory, spot.name).has_value())
    return Fail(ErrorKind::kExists, "something is there already");
  ZPROV_TRY(NeedBtrfs(spot.directory));
  ZPROV_TRY(MayChange(spot.directory));
  ZPROV_TRY(Charge(spot.directory, kTreeBytes + kInodeBytes));
  Tree tree = NewTree();
  tree.inodes.Edit(kFirstFree).mode = mode;
  AddTree(spot, std::move(tree));
  return {};
}

void Disk::AddTree(const Spot& spot, Tree tree) {
  Image& image = volumes_[spot.directory.volume].live;
  const uint64_t id = image.next_tree++;
  image.trees.Set(id, std::move(tree));
  Settle(spot, {0, id});
  ++image.generation;  // the kernel commits the transaction
}

Result<void> Disk::Snapshot(const Node& from, const Spot& to, os::Access access) {
  if (Child(to.directory, to.name).has_value())
    return Fail(ErrorKind::kExists, "something is there already");
  ZPROV_TRY(NeedBtrfs(from));
  if (!from.IsTreeRoot()) return Fail(ErrorKind::kInvalid, "the source is no subvolume");
  if (to.directory.volume != from.volume)
    return Fail(ErrorKind::kCrossDevice, "a snapshot stays on the file system of its source");
  ZPROV_TRY(MayChange(to.directory));
  ZPROV_TRY(Charge(to.directory, kTreeBytes));
  Tree tree = TreeOf(from);
  tree.source_uuid = tree.uuid;
  tree.uuid = NewTree().uuid;
  tree.read_only = access == os::Access::kReadOnly;
  AddTree(to, std::move(tree));
  return {};
}

Result<void> Disk::DeleteSubvolume(const Spot& spot) {
  ZPROV_ASSIGN(Entry entry, EntryAt(spot));
  const Node root = *Child(spot.directory, spot.name);
  if (entry.subvolume == 0 || root.IsStub()) return Fail(ErrorKind::kInvalid, "it is no subvolume");
  ZPROV_TRY(MayChange(spot.directory));
  bool holds_another = false;
  Live(root).trees.ForEach([&](uint64_t, const Tree& tree) {
    if (tree.parent_id == root.tree) holds_another = true;
  });
  if (holds_another)
    return Fail(ErrorKind::kNotEmpty, "it holds another subvolume: delete that one first");
  Unsettle(spot);
  volumes_[root.volume].live.trees.Erase(root.tree);
  return {};
}

Result<void> Disk::SetAccess(const Node& root, os::Access access) {
  if (!IsBtrfs(root) || !root.IsTreeRoot()) return Fail(ErrorKind::kInvalid, "it is no subvolume");
  if (volumes_[root.volume].read_only)
    return Fail(ErrorKind::kReadOnly, "the file system is read-only: mount it writable");
  EditTree(root).read_only = access == os::Access::kReadOnly;
  return {};
}

os::Subvolume Disk::Describe(const Node& root) const {
  const Tree& tree = TreeOf(root);
  os::Subvolume subvolume;
  subvolume.id = root.tree;
  subvolume.parent_id = tree.parent_id;
  subvolume.uuid = tree.uuid;
  subvolume.source_uuid = tree.source_uuid;
  subvolume.generation = tree.generation;
  subvolume.read_only = tree.read_only;
  return subvolume;
}

std::vector<os::NestedSubvolume> Disk::Nested(const Node& root) const {
  std::vector<os::NestedSubvolume> nested;
  const Image& image = Live(root);
  image.trees.ForEach([&](uint64_t id, const Tree&) {
    if (id == root.tree) return;
    if (auto path = PathBetween(image, root.tree, id)) nested.push_back({id, *path});
  });
  std::ranges::sort(nested, {}, &os::NestedSubvolume::path);
  return nested;
}

Disk::Use Disk::CountUse() const {
  Use use;
  std::unordered_set<const void*> seen;  // snapshots and reflinks share; each counts once
  volumes_[0].live.trees.ForEach([&](uint64_t, const Tree& tree) {
    use.metadata += kTreeBytes;
    tree.inodes.ForEach([&](uint64_t, const Inode& inode) {
      if (!seen.insert(&inode).second) return;
      use.metadata += kInodeBytes;
      if (inode.content != nullptr && seen.insert(inode.content.get()).second)
        use.data += inode.content->size();
    });
  });
  return use;
}

// Counts exactly only when a cheap upper bound says that the disk could be full.
Result<void> Disk::Charge(const Node& where, uint64_t bytes) {
  if (where.volume != 0) return {};
  if (use_bound_ + bytes > capacity_) {
    const Use use = CountUse();
    use_bound_ = use.data + use.metadata;
  }
  if (use_bound_ + bytes > capacity_)
    return Fail(ErrorKind::kNoSpace, "no space left: delete something, or take a larger disk");
  use_bound_ += bytes;
  return {};
}

os::Space Disk::Usage() const {
  const Use use = CountUse();
  os::Space space;
  space.data_used = use.data;
  space.metadata_used = use.metadata;
  space.data_total = space.metadata_total = capacity_;  // one pool, as on a mixed btrfs
  return space;
}

}  // namespace zprov::sim
