#include "sim/disk/durability.h"

#include <set>
#include <vector>

namespace zprov::sim {

namespace {

class DirectorySync {
 public:
  DirectorySync(const Image& live, Image& durable, const Node& directory)
      : live_(live), durable_(durable), at_(directory) {}

  void Run() {
    const Tree* tree = live_.trees.Find(at_.tree);
    if (durable_.trees.Find(at_.tree) == nullptr) return;  // lost as a whole without a real sync
    directory_ = tree->inodes.Find(at_.inode);
    for (const auto& [name, entry] : directory_->names) here_.insert(entry.inode);
    CopyAttributes();
    TakeOut();
    for (const auto& [name, entry] : directory_->names) PutIn(at_, name, entry);
    for (const Entry& entry : overwritten_) Rehome(entry);
    for (uint64_t inode : orphans_) DropIfLost(inode);
    if (commits_all_) durable_ = live_;
  }

 private:
  const Tree& LiveTree() const { return *live_.trees.Find(at_.tree); }
  const Inode* LiveInode(uint64_t inode) const { return LiveTree().inodes.Find(inode); }
  const Inode* DurableInode(uint64_t inode) const {
    return durable_.trees.Find(at_.tree)->inodes.Find(inode);
  }
  Inode& EditDurable(uint64_t inode) { return durable_.trees.Edit(at_.tree).inodes.Edit(inode); }

  static Inode Bare(const Inode& inode) {
    Inode bare = inode;
    bare.names.clear();
    bare.links = inode.type == os::FileType::kDirectory ? 1 : 0;
    if (inode.type == os::FileType::kRegular && !inode.content_synced)
      bare.content = std::make_shared<const std::string>();
    return bare;
  }

  void CopyAttributes() {
    const Inode* old = DurableInode(at_.inode);
    Inode fresh = Bare(*directory_);
    if (old != nullptr) {
      fresh.names = old->names;
      fresh.parent = old->parent;
      fresh.name = old->name;
    }
    EditDurable(at_.inode) = std::move(fresh);
    Tree& tree = durable_.trees.Edit(at_.tree);
    tree.next_inode = LiveTree().next_inode;
    tree.generation = LiveTree().generation;
  }

  // Takes out of the durable directory what its live self no longer says.
  void TakeOut() {
    const Names before = DurableInode(at_.inode)->names;
    for (const auto& [name, entry] : before) {
      auto now = directory_->names.find(name);
      if (now != directory_->names.end() && now->second == entry) continue;
      if (now == directory_->names.end() && LivesElsewhere(name, entry)) continue;
      if (now != directory_->names.end() && WaitsForSync(entry, now->second)) continue;
      if (now != directory_->names.end()) overwritten_.push_back(entry);
      EditDurable(at_.inode).names.erase(name);
      if (entry.inode == 0) continue;
      if (DurableInode(entry.inode)->type != os::FileType::kDirectory)
        --EditDurable(entry.inode).links;
      orphans_.push_back(entry.inode);
    }
  }

  // Gone from here, but not from the disk: it keeps its durable name until its new one lasts.
  bool LivesElsewhere(const std::string& name, const Entry& entry) const {
    if (entry.subvolume != 0) {
      if (!LayIn(at_.inode, name, entry)) return false;  // a stub
      const Tree* live = live_.trees.Find(entry.subvolume);
      return live == nullptr || live->parent_id != at_.tree || live->parent_directory != at_.inode;
    }
    const Inode* live = LiveInode(entry.inode);
    if (live == nullptr || here_.contains(entry.inode)) return false;
    return live->type == os::FileType::kDirectory || DurableInode(entry.inode)->links <= 1;
  }

  // A subvolume was deleted and another one made in its place since the last sync.
  bool WaitsForSync(const Entry& before, const Entry& now) const {
    return before.subvolume != 0 && live_.trees.Find(before.subvolume) == nullptr &&
           now.subvolume != 0 && durable_.trees.Find(now.subvolume) == nullptr;
  }

  void PutIn(const Node& directory, const std::string& name, const Entry& entry) {
    const Inode* durable_directory = DurableInode(directory.inode);
    auto there = durable_directory->names.find(name);
    if (there != durable_directory->names.end()) return;
    if (entry.subvolume != 0) return PutInSubvolume(directory, name, entry);
    if (DurableInode(entry.inode) == nullptr)
      EditDurable(entry.inode) = Bare(*LiveInode(entry.inode));
    Inode& child = EditDurable(entry.inode);
    if (child.type != os::FileType::kDirectory) {
      ++child.links;
    } else {
      LeaveOldPlace({at_.volume, at_.tree, child.parent}, std::string(child.name), entry);
      Inode& moved = EditDurable(entry.inode);
      moved.parent = directory.inode;
      moved.name = name;
    }
    EditDurable(directory.inode).names[name] = entry;
  }

  void PutInSubvolume(const Node& directory, const std::string& name, const Entry& entry) {
    const Tree* durable = durable_.trees.Find(entry.subvolume);
    if (durable == nullptr) return;  // made since the last sync
    const Tree* live = live_.trees.Find(entry.subvolume);
    const bool lives_here = live != nullptr && live->parent_id == directory.tree &&
                            live->parent_directory == directory.inode && live->name == name;
    if (!lives_here) return;  // a stub, which nothing can have moved here
    LeaveOldPlace({at_.volume, durable->parent_id, durable->parent_directory},
                  std::string(durable->name), entry);
    Tree& child = durable_.trees.Edit(entry.subvolume);
    child.parent_id = directory.tree;
    child.parent_directory = directory.inode;
    child.name = name;
    durable_.trees.Edit(directory.tree).inodes.Edit(directory.inode).names[name] = entry;
  }

  void LeaveOldPlace(const Node& parent, const std::string& name, const Entry& entry) {
    const Tree* tree = durable_.trees.Find(parent.tree);
    const Inode* old = tree == nullptr ? nullptr : tree->inodes.Find(parent.inode);
    if (old == nullptr) return;
    auto there = old->names.find(name);
    if (there != old->names.end() && there->second == entry)
      durable_.trees.Edit(parent.tree).inodes.Edit(parent.inode).names.erase(name);
  }

  // Something else has its name here now. A rename is one transaction, so if it lives elsewhere,
  // it is durably there. Renaming a subvolume makes the next fsync a whole commit (btrfs_rename,
  // btrfs_set_log_full_commit), so a home that is not durable yet becomes so with all the rest.
  void Rehome(const Entry& entry) {
    if (entry.subvolume != 0) {
      const Tree* live = live_.trees.Find(entry.subvolume);
      if (live == nullptr) return EraseWithNested(entry.subvolume);
      const Tree* parent = durable_.trees.Find(live->parent_id);
      if (parent == nullptr || parent->inodes.Find(live->parent_directory) == nullptr) {
        commits_all_ = true;
        return;
      }
      PutInSubvolume({at_.volume, live->parent_id, live->parent_directory}, live->name, entry);
      return;
    }
    const Inode* live = LiveInode(entry.inode);
    if (live == nullptr || live->type != os::FileType::kDirectory) return;
    if (DurableInode(live->parent) != nullptr)
      PutIn({at_.volume, at_.tree, live->parent}, live->name, entry);
  }

  void EraseWithNested(uint64_t subvolume) {
    std::vector<uint64_t> nested;
    durable_.trees.ForEach([&](uint64_t id, const Tree& tree) {
      if (tree.parent_id == subvolume) nested.push_back(id);
    });
    durable_.trees.Erase(subvolume);
    for (uint64_t id : nested) {
      if (live_.trees.Find(id) == nullptr) {
        EraseWithNested(id);
      } else {
        commits_all_ = true;  // it moved out before
      }
    }
  }

  void DropIfLost(uint64_t number) {
    const Inode* inode = DurableInode(number);
    if (inode == nullptr) return;
    if (inode->type != os::FileType::kDirectory) {
      if (inode->links == 0) durable_.trees.Edit(at_.tree).inodes.Erase(number);
      return;
    }
    const Inode* parent = DurableInode(inode->parent);
    if (parent != nullptr) {
      auto there = parent->names.find(inode->name);
      if (there != parent->names.end() && there->second.inode == number) return;
    }
    const Names below = inode->names;
    durable_.trees.Edit(at_.tree).inodes.Erase(number);
    for (const auto& [name, entry] : below) {
      if (entry.subvolume != 0 && LayIn(number, name, entry)) Rehome(entry);
      if (entry.inode == 0 || DurableInode(entry.inode) == nullptr) continue;
      if (DurableInode(entry.inode)->type != os::FileType::kDirectory)
        --EditDurable(entry.inode).links;
      DropIfLost(entry.inode);
    }
  }

  // Whether it is durably there, and no stub.
  bool LayIn(uint64_t directory, const std::string& name, const Entry& entry) const {
    const Tree* durable = durable_.trees.Find(entry.subvolume);
    return durable != nullptr && durable->parent_id == at_.tree &&
           durable->parent_directory == directory && durable->name == name;
  }

  const Image& live_;
  Image& durable_;
  const Node at_;
  const Inode* directory_ = nullptr;  // its live self
  std::set<uint64_t> here_;
  std::vector<Entry> overwritten_;
  std::vector<uint64_t> orphans_;
  bool commits_all_ = false;
};

}  // namespace

void SyncDirectoryNames(const Image& live, Image& durable, const Node& directory) {
  DirectorySync(live, durable, directory).Run();
}

}  // namespace zprov::sim
