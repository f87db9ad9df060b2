#include "sim/disk/disk.h"

#include <algorithm>

namespace zprov::sim {

namespace {

Inode NewDirectory(uint32_t mode) {
  Inode inode;
  inode.type = os::FileType::kDirectory;
  inode.mode = mode;
  inode.links = 1;
  return inode;
}

// What it will take; content that another inode has already (a reflink) takes nothing.
uint64_t BytesOf(const Inode& inode) {
  return kInodeBytes + (inode.content.use_count() == 1 ? inode.content->size() : 0);
}

}  // namespace

uint64_t Inode::Size() const {
  if (type != os::FileType::kDirectory) return content == nullptr ? 0 : content->size();
  uint64_t size = 0;
  for (const auto& [entry, target] : names) size += 2 * entry.size();  // as btrfs counts
  return size;
}

Disk::Disk(const os::Clock& clock, const DiskOptions& options)
    : clock_(clock),
      capacity_(options.capacity),
      seed_(options.seed),
      use_bound_(kTreeBytes + kInodeBytes),
      locks_(std::make_shared<HeldLocks>()) {
  locks_->disk = this;
  Volume& btrfs = volumes_.emplace_back();
  btrfs.live.trees.Set(kTopLevelId, NewTree());
  btrfs.durable = btrfs.live;
}

Disk::~Disk() { locks_->disk = nullptr; }

Tree Disk::NewTree() {
  Tree tree;
  // Any function of seed and count that never gives the same twice will do (splitmix64's step).
  constexpr char kDigits[] = "0123456789abcdef";
  uint64_t state = seed_ * 0x9e3779b97f4a7c15 + ++uuids_;
  for (int digit = 0; digit < 32; ++digit) {
    uint64_t mixed = (state + static_cast<uint64_t>(digit / 16)) * 0xbf58476d1ce4e5b9;
    mixed ^= mixed >> 27;
    tree.uuid += kDigits[(mixed >> (4 * (digit % 16))) & 15];
  }
  Inode root = NewDirectory(0755);
  root.modified_ns = root.changed_ns = Now();
  tree.inodes.Set(kFirstFree, std::move(root));
  return tree;
}

const Inode& Disk::Get(const Node& node) const {
  static const Inode stub = NewDirectory(0755);
  return node.IsStub() ? stub : *TreeOf(node).inodes.Find(node.inode);
}

bool Disk::Exists(const Node& node) const {
  const Tree* tree = Live(node).trees.Find(node.tree);
  return tree != nullptr && (node.IsStub() || tree->inodes.Find(node.inode) != nullptr);
}

bool Disk::LiesAt(const Tree& tree, const Node& directory, std::string_view name) const {
  return tree.parent_id == directory.tree && tree.parent_directory == directory.inode &&
         tree.name == name;
}

std::optional<Node> Disk::Child(const Node& directory, std::string_view name) const {
  const Names& names = Get(directory).names;
  auto found = names.find(name);
  if (found == names.end()) return std::nullopt;
  const Entry& entry = found->second;
  if (entry.subvolume == 0) return Node{directory.volume, directory.tree, entry.inode};
  const Tree* tree = Live(directory).trees.Find(entry.subvolume);
  if (tree != nullptr && LiesAt(*tree, directory, name))
    return Node{directory.volume, entry.subvolume, kFirstFree};
  return Node{directory.volume, directory.tree, kStubInode};
}

os::FileStatus Disk::Status(const Node& node) const {
  const Inode& inode = Get(node);
  os::FileStatus status;
  status.type = inode.type;
  status.mode = inode.mode;
  status.uid = inode.uid;
  status.gid = inode.gid;
  status.size = inode.Size();
  status.filesystem = (uint64_t{node.volume} + 1) << 32 | node.tree;
  status.inode = node.inode;
  status.hard_links = inode.links;
  status.modified_ns = inode.modified_ns;
  status.changed_ns = inode.changed_ns;
  return status;
}

Tree& Disk::EditTree(const Node& node) {
  ++changes_;
  Volume& volume = volumes_[node.volume];
  volume.dirty = true;
  Tree& tree = volume.live.trees.Edit(node.tree);
  tree.generation = volume.live.generation;
  return tree;
}

Inode& Disk::EditInode(const Node& node) { return EditTree(node).inodes.Edit(node.inode); }

Result<void> Disk::MayChange(const Node& directory) const {
  if (volumes_[directory.volume].read_only)
    return Fail(ErrorKind::kReadOnly, "the file system is read-only: mount it writable");
  if (TreeOf(directory).read_only)
    return Fail(ErrorKind::kReadOnly, "the subvolume is read-only: make it writable first");
  if (directory.IsStub())
    return Fail(ErrorKind::kPermission,
                "the stub of a subvolume takes nothing: remove it and make a directory there");
  return {};
}

Result<Entry> Disk::EntryAt(const Spot& spot) const {
  const Names& names = Get(spot.directory).names;
  auto found = names.find(spot.name);
  if (found == names.end()) return Fail(ErrorKind::kNotFound, "not there");
  if (MountOver(*Child(spot.directory, spot.name)) != nullptr)
    return Fail(ErrorKind::kBusy, "it is a mount point: unmount it first");
  return found->second;
}

Result<Node> Disk::Make(const Spot& spot, Inode inode) {
  if (Child(spot.directory, spot.name).has_value())
    return Fail(ErrorKind::kExists, "something is there already");
  ZPROV_TRY(MayChange(spot.directory));
  ZPROV_TRY(Charge(spot.directory, BytesOf(inode)));
  return Add(spot, std::move(inode));
}

// There is room for it.
Node Disk::Add(const Spot& spot, Inode inode) {
  Tree& tree = EditTree(spot.directory);
  const Entry entry{tree.next_inode++, 0};
  inode.links = 1;
  inode.changed_ns = Now();
  tree.inodes.Set(entry.inode, std::move(inode));
  Settle(spot, entry);
  return {spot.directory.volume, spot.directory.tree, entry.inode};
}

Result<Node> Disk::Replace(const Spot& spot, Inode inode) {
  auto old = Child(spot.directory, spot.name);
  if (!old.has_value()) return Make(spot, std::move(inode));
  if (Get(*old).type == os::FileType::kDirectory)
    return Fail(ErrorKind::kIsDirectory, "a directory is there: remove it first");
  ZPROV_TRY(MayChange(spot.directory));
  ZPROV_TRY(Charge(spot.directory, BytesOf(inode)));
  ZPROV_TRY(Remove(spot));
  return Add(spot, std::move(inode));
}

Result<void> Disk::Link(const Spot& spot, const Node& file) {
  if (Child(spot.directory, spot.name).has_value())
    return Fail(ErrorKind::kExists, "something is there already");
  if (file.volume != spot.directory.volume || file.tree != spot.directory.tree)
    return Fail(ErrorKind::kCrossDevice, "a hard link cannot leave its subvolume");
  ZPROV_TRY(MayChange(spot.directory));
  Inode& inode = EditInode(file);
  ++inode.links;
  inode.changed_ns = Now();
  Settle(spot, {file.inode, 0});
  return {};
}

// Puts the name there and tells the child where it lies now.
void Disk::Settle(const Spot& spot, const Entry& entry) {
  if (entry.subvolume != 0) {
    Tree& child = EditTree({spot.directory.volume, entry.subvolume, kFirstFree});
    child.parent_id = spot.directory.tree;
    child.parent_directory = spot.directory.inode;
    child.name = spot.name;
  } else {
    Inode& child = EditInode({spot.directory.volume, spot.directory.tree, entry.inode});
    child.changed_ns = Now();
    if (child.type == os::FileType::kDirectory) {
      child.parent = spot.directory.inode;
      child.name = spot.name;
    }
  }
  Inode& directory = EditInode(spot.directory);
  directory.names[spot.name] = entry;
  directory.modified_ns = directory.changed_ns = Now();
}

// Takes the name out; what it meant goes on its own way.
void Disk::Unsettle(const Spot& spot) {
  Inode& directory = EditInode(spot.directory);
  directory.names.erase(spot.name);
  directory.modified_ns = directory.changed_ns = Now();
}

Result<void> Disk::Remove(const Spot& spot) {
  ZPROV_ASSIGN(Entry entry, EntryAt(spot));
  const Node node = *Child(spot.directory, spot.name);
  ZPROV_TRY(MayChange(spot.directory));
  const Inode& inode = Get(node);
  if (inode.type == os::FileType::kDirectory && !inode.names.empty())
    return Fail(ErrorKind::kNotEmpty, "the directory is not empty: empty it first");
  if (node.IsTreeRoot()) return DeleteSubvolume(spot);
  Unsettle(spot);
  if (entry.subvolume != 0) return {};  // a stub has nothing of its own
  Inode& left = EditInode(node);
  left.changed_ns = Now();
  if (left.type == os::FileType::kDirectory || --left.links == 0)
    EditTree(node).inodes.Erase(node.inode);
  return {};
}

// Whether the entry may go from one directory to another (btrfs_rename and vfs_rename).
Result<void> Disk::MayLeave(const Spot& from, const Spot& to, const Entry& entry) const {
  const Node node = *Child(from.directory, from.name);
  if (node.IsStub())
    return Fail(ErrorKind::kNotEmpty, "the stub of a subvolume cannot move: remove it");
  if (entry.subvolume == 0 && from.directory.tree != to.directory.tree)
    return Fail(ErrorKind::kCrossDevice, "only a subvolume can move to another subvolume");
  if (entry.subvolume != 0 && TreeOf(node).read_only && from.directory != to.directory)
    return Fail(ErrorKind::kReadOnly, "a read-only subvolume stays in its directory");
  if (IsAbove(node, to.directory)) return Fail(ErrorKind::kInvalid, "it cannot move into itself");
  for (const Mount& mount : mounts_)
    if (IsAbove(node, mount.at))
      return Fail(ErrorKind::kNotSupported, "the simulator moves no mounts: unmount " + mount.path);
  return {};
}

// Also for the node itself.
bool Disk::IsAbove(const Node& node, Node below) const {
  if (node.volume != below.volume || !Exists(below)) return false;
  while (below != node) {
    const Tree& tree = TreeOf(below);
    if (below.IsTreeRoot() && tree.parent_id == 0) return false;
    below = below.IsTreeRoot() ? Node{below.volume, tree.parent_id, tree.parent_directory}
                               : Node{below.volume, below.tree, Get(below).parent};
  }
  return true;
}

Result<void> Disk::Move(const Spot& from, const Spot& to) {
  ZPROV_ASSIGN(Entry entry, EntryAt(from));
  if (Child(to.directory, to.name).has_value())
    return Fail(ErrorKind::kExists, "something is there already");
  if (from.directory.volume != to.directory.volume)
    return Fail(ErrorKind::kCrossDevice, "it lies on another file system");
  ZPROV_TRY(MayChange(from.directory));
  ZPROV_TRY(MayChange(to.directory));
  ZPROV_TRY(MayLeave(from, to, entry));
  Unsettle(from);
  Settle(to, entry);
  return {};
}

Result<void> Disk::Swap(const Spot& a, const Spot& b) {
  ZPROV_ASSIGN(Entry first, EntryAt(a));
  ZPROV_ASSIGN(Entry second, EntryAt(b));
  if (a.directory.volume != b.directory.volume)
    return Fail(ErrorKind::kCrossDevice, "it lies on another file system");
  ZPROV_TRY(MayChange(a.directory));
  ZPROV_TRY(MayChange(b.directory));
  ZPROV_TRY(MayLeave(a, b, first));
  ZPROV_TRY(MayLeave(b, a, second));
  Settle(b, first);
  Settle(a, second);
  return {};
}

Result<Inode*> Disk::Edit(const Node& node) {
  ZPROV_TRY(MayChange(node));
  Inode& inode = EditInode(node);
  inode.changed_ns = Now();
  return &inode;
}

Result<void> Disk::Rewrite(const Node& file, std::string_view content) {
  ZPROV_TRY(MayChange(file));
  ZPROV_TRY(Charge(file, content.size()));
  Inode& inode = EditInode(file);
  inode.content = std::make_shared<const std::string>(content);
  inode.content_synced = false;
  inode.modified_ns = inode.changed_ns = Now();
  return {};
}

const Mount* Disk::MountOver(const Node& at) const {
  for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount)
    if (mount->at == at) return &*mount;
  return nullptr;
}

Node Disk::MakeFilesystem(std::string_view type) {
  Volume& volume = volumes_.emplace_back();
  volume.in_memory = type == "tmpfs" || type == "proc" || type == "sysfs";
  volume.live.trees.Set(kTopLevelId, NewTree());
  volume.durable = volume.live;
  return {static_cast<uint32_t>(volumes_.size() - 1), kTopLevelId, kFirstFree};
}

void Disk::SetReadOnly(uint32_t volume, os::Access access) {
  volumes_[volume].read_only = access == os::Access::kReadOnly;
}

}  // namespace zprov::sim
