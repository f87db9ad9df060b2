#include "sim/scene.h"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>

#include "sim/os/trees.h"
#include "util/path.h"

namespace zprov::sim {

namespace {

template <typename T>
T Must(Result<T> result) {
  if (!result.has_value()) throw std::logic_error("scene: " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string_view Letter(os::FileType type) {
  switch (type) {
    case os::FileType::kRegular:
      return "file";
    case os::FileType::kDirectory:
      return "dir ";
    case os::FileType::kSymlink:
      return "link";
    case os::FileType::kFifo:
      return "fifo";
    case os::FileType::kSocket:
      return "sock";
    case os::FileType::kCharDevice:
      return "char";
    case os::FileType::kBlockDevice:
      return "blck";
  }
  return "?";
}

// Tells contents apart in a dump.
uint64_t Fingerprint(std::string_view text) { return std::hash<std::string_view>()(text); }

std::string Line(const Inode& inode, const Node& node, const std::string& path) {
  std::string line =
      fmt::format("{} {:04o} {}:{} {}", Letter(inode.type), inode.mode, inode.uid, inode.gid, path);
  if (inode.type == os::FileType::kSymlink) line += " -> " + *inode.content;
  if (inode.type == os::FileType::kRegular)
    line += fmt::format(" {} bytes {:016x}", inode.content->size(), Fingerprint(*inode.content));
  if (inode.type != os::FileType::kDirectory && inode.links > 1)
    line += fmt::format(" {} names", inode.links);
  if (inode.device != 0) line += fmt::format(" device {:x}", inode.device);
  if (node.IsStub()) line += " stub";
  if (node.IsTreeRoot()) line += node.volume == 0 ? " subvolume" : " file system";
  for (const auto& [name, value] : inode.xattrs)
    line += fmt::format(" {}={:016x}", name, Fingerprint(value));
  return line + "\n";
}

void DumpBelow(const Disk& disk, const Node& at, const std::string& path, std::string& out) {
  const Mount* over = disk.MountOver(at);
  const Node node = over == nullptr ? at : over->root;
  const Inode& inode = disk.Get(node);
  out += Line(inode, node, path);
  for (const auto& [name, entry] : inode.names)
    DumpBelow(disk, *disk.Child(node, name), JoinPath(path, name), out);
}

}  // namespace

Found Scene::At(std::string_view path) const {
  return Must(View(disk_).Existing(path, Last::kKeep));
}

// A name that may be made; its directories are there afterwards.
Found Scene::Free(std::string_view path) {
  const std::string parent = ParentOf(path);
  if (!Has(parent)) MakeDirectory(parent);
  return Must(View(disk_).Walk(path, Last::kFollow));
}

Inode& Scene::Edit(std::string_view path) { return *Must(disk_.Edit(*At(path).node)); }

void Scene::Put(std::string_view path, std::string_view content, uint32_t mode) {
  const Found found = Free(path);
  if (found.node.has_value()) return Must(disk_.Rewrite(*found.node, content));
  Inode file;
  file.mode = mode;
  file.content = std::make_shared<const std::string>(content);
  file.modified_ns = disk_.clock().WallTime().count();
  Must(disk_.Make(found.spot, std::move(file)));
}

void Scene::MakeDirectory(std::string_view path, uint32_t mode) {
  if (const std::string parent = ParentOf(path); !Has(parent)) MakeDirectory(parent);
  Must(Trees(View(disk_)).MakeDirectory(path, mode));
}

void Scene::MakeSubvolume(std::string_view path, uint32_t mode) {
  Must(disk_.MakeSubvolume(Free(path).spot, mode));
}

void Scene::Snapshot(std::string_view from, std::string_view to) {
  Must(disk_.Snapshot(*At(from).node, Free(to).spot, os::Access::kReadWrite));
}

void Scene::Symlink(std::string_view path, std::string_view target) {
  Inode symlink;
  symlink.type = os::FileType::kSymlink;
  symlink.mode = 0777;
  symlink.content = std::make_shared<const std::string>(target);
  symlink.modified_ns = disk_.clock().WallTime().count();
  Must(disk_.Make(Free(path).spot, std::move(symlink)));
}

void Scene::Special(std::string_view path, os::FileType type, uint64_t device) {
  Inode special;
  special.type = type;
  special.device = device;
  special.modified_ns = disk_.clock().WallTime().count();
  Must(disk_.Make(Free(path).spot, std::move(special)));
}

void Scene::HardLink(std::string_view existing, std::string_view path) {
  const Node file = *At(existing).node;
  Must(disk_.Link(Free(path).spot, file));
}

void Scene::Remove(std::string_view path) {
  Trees trees{View(disk_)};
  const Node node = *At(path).node;
  if (disk_.Get(node).type == os::FileType::kDirectory && !node.IsStub()) {
    Must(trees.RemoveTree(path));
  } else {
    Must(trees.Remove(path));
  }
}

void Scene::Move(std::string_view from, std::string_view to) {
  Must(Trees(View(disk_)).Rename(from, to));
}

void Scene::SetOwner(std::string_view path, Owner owner) {
  Inode& inode = Edit(path);
  inode.uid = owner.uid;
  inode.gid = owner.gid;
}

void Scene::SetMode(std::string_view path, uint32_t mode) { Edit(path).mode = mode; }

void Scene::SetXattr(std::string_view path, const std::string& name, const std::string& value) {
  Edit(path).xattrs[name] = value;
}

void Scene::SetModified(std::string_view path, int64_t since_1970_ns) {
  Edit(path).modified_ns = since_1970_ns;
}

std::string Scene::Xattr(std::string_view path, const std::string& name) const {
  const auto& xattrs = disk_.Get(*At(path).node).xattrs;
  auto found = xattrs.find(name);
  return found == xattrs.end() ? "" : found->second;
}

void Scene::HoldRecordLock(std::string_view path) { disk_.locks()->records.insert(*At(path).node); }

void Scene::EndRecordLock(std::string_view path) { disk_.locks()->records.erase(*At(path).node); }

void Scene::MountNew(std::string_view path, Mount mount) {
  const Found found = At(path);
  mount.at = *found.node;
  mount.path = found.path;
  mount.root = disk_.MakeFilesystem(mount.type);
  disk_.AddMount(std::move(mount));
}

bool Scene::Has(std::string_view path) const {
  return View(disk_).NodeAt(path, Last::kKeep).has_value();
}

std::string Scene::Content(std::string_view path) const {
  const Inode& inode = disk_.Get(Must(View(disk_).NodeAt(path, Last::kFollow)));
  if (inode.type != os::FileType::kRegular)
    throw std::logic_error("scene: " + std::string(path) + " is no regular file");
  return *inode.content;
}

std::string Scene::Dump(std::string_view path) const {
  std::string dump;
  DumpBelow(disk_, *At(path).node, std::string(path), dump);
  return dump;
}

void Scene::SyncAll() {
  disk_.Sync(0);
  for (const Mount& mount : disk_.mounts()) disk_.Sync(mount.root.volume);
}

}  // namespace zprov::sim
