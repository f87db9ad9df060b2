#include "sim/os/trees.h"

#include <algorithm>

#include "sim/os/compare.h"
#include "sim/os/copy.h"
#include "util/path.h"

namespace zprov::sim {

namespace {

os::Filesystem Describe(const Mount* mount, std::string mount_point) {
  os::Filesystem filesystem;
  filesystem.type = "btrfs";
  filesystem.mount_point = std::move(mount_point);
  if (mount == nullptr) return filesystem;
  filesystem.type = mount->type;
  filesystem.read_only = mount->access == os::Access::kReadOnly;
  filesystem.nosuid = mount->nosuid;
  filesystem.nodev = mount->nodev;
  return filesystem;
}

// Everything below the directory, but nothing of another subvolume or file system.
Result<void> Empty(Disk& disk, const Node& directory, const std::string& path) {
  const Names names = disk.Get(directory).names;
  for (const auto& [name, entry] : names) {
    const Node child = *disk.Child(directory, name);
    const std::string child_path = JoinPath(path, name);
    if (child.tree != directory.tree || child.IsStub() || disk.MountOver(child) != nullptr)
      return Fail(ErrorKind::kCrossDevice,
                  child_path + ": another subvolume or file system: remove or unmount it first");
    if (disk.Get(child).type == os::FileType::kDirectory) ZPROV_TRY(Empty(disk, child, child_path));
    ZPROV_TRY(About(child_path, disk.Remove({directory, name})));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> Trees::List(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  std::vector<std::string> names;
  for (const auto& [name, entry] : view_.disk().Get(*found.node).names) names.push_back(name);
  return names;
}

Result<void> Trees::MakeDirectory(std::string_view path, uint32_t mode) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  if (found.node.has_value()) return Fail(ErrorKind::kExists, std::string(path) + ": it is there");
  Inode directory;
  directory.type = os::FileType::kDirectory;
  directory.mode = mode;
  directory.modified_ns = view_.disk().clock().WallTime().count();
  ZPROV_TRY(About(path, view_.disk().Make(found.spot, std::move(directory))));
  return {};
}

Result<Found> Trees::Movable(std::string_view path) const {
  ZPROV_ASSIGN(Found found, view_.ForChange(path, Last::kKeep));
  if (!found.node.has_value()) return Fail(ErrorKind::kNotFound, std::string(path) + ": not there");
  if (found.is_mount_point)
    return Fail(ErrorKind::kBusy, std::string(path) + ": it is a mount point: unmount it first");
  return found;
}

Result<void> Trees::Remove(std::string_view path) {
  ZPROV_ASSIGN(const Found found, Movable(path));
  return About(path, view_.disk().Remove(found.spot));
}

Result<void> Trees::RemoveTree(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  Disk& disk = view_.disk();
  if (!found.node.has_value()) return Fail(ErrorKind::kNotFound, std::string(path) + ": not there");
  if (disk.Get(*found.node).type != os::FileType::kDirectory)
    return Fail(ErrorKind::kNotDirectory, std::string(path) + ": it is no directory");
  if (found.spot.name.empty())
    return Fail(ErrorKind::kBusy, std::string(path) + ": it is the root of everything");
  if (found.is_mount_point || found.node->IsStub() || found.node->tree != found.spot.directory.tree)
    return Fail(ErrorKind::kCrossDevice,
                std::string(path) + ": another subvolume or file system: delete or unmount it");
  ZPROV_TRY(Empty(disk, *found.node, std::string(path)));
  return About(path, disk.Remove(found.spot));
}

Result<void> Trees::Rename(std::string_view from, std::string_view to) {
  ZPROV_ASSIGN(const Found source, Movable(from));
  ZPROV_ASSIGN(const Found target, view_.ForChange(to, Last::kKeep));
  if (target.node.has_value()) return Fail(ErrorKind::kExists, std::string(to) + ": it is there");
  if (source.directory_mount != target.directory_mount)
    return Fail(ErrorKind::kCrossDevice, std::string(to) + ": it lies on another file system");
  return About(from, view_.disk().Move(source.spot, target.spot));
}

Result<void> Trees::Exchange(std::string_view a, std::string_view b) {
  ZPROV_ASSIGN(const Found first, Movable(a));
  ZPROV_ASSIGN(const Found second, Movable(b));
  if (first.directory_mount != second.directory_mount)
    return Fail(ErrorKind::kCrossDevice, std::string(b) + ": it lies on another file system");
  return About(a, view_.disk().Swap(first.spot, second.spot));
}

Result<os::CopyReport> Trees::Copy(std::string_view from, std::string_view to) {
  ZPROV_ASSIGN(const Found source, view_.Directory(from, Last::kKeep));
  ZPROV_ASSIGN(const Found target, view_.Directory(to, Last::kKeep));
  if (IsBelow(target.path, source.path) && source.node->volume == target.node->volume &&
      source.node->tree == target.node->tree)
    return Fail(ErrorKind::kInvalid, std::string(to) + ": a tree cannot be copied into itself");
  return CopyTree(view_.disk(), {*source.node, std::string(from)}, {*target.node, std::string(to)});
}

Result<void> Trees::CopyFile(std::string_view from, std::string_view to, uint32_t mode) {
  ZPROV_ASSIGN(const Found source, view_.Existing(from, Last::kKeep));
  const Inode& original = view_.disk().Get(*source.node);
  if (original.type != os::FileType::kRegular)
    return Fail(ErrorKind::kInvalid, std::string(from) + ": it is no regular file");
  ZPROV_ASSIGN(const Found target, view_.ForChange(to, Last::kKeep));
  if (target.node.has_value()) return Fail(ErrorKind::kExists, std::string(to) + ": it is there");
  Inode copy;
  copy.mode = mode;
  copy.modified_ns = view_.disk().clock().WallTime().count();
  copy.content = source.node->volume == target.spot.directory.volume
                     ? original.content  // a reflink: CountUse counts what is shared once
                     : std::make_shared<const std::string>(*original.content);
  ZPROV_TRY(About(to, view_.disk().Make(target.spot, std::move(copy))));
  return {};
}

Result<os::Comparison> Trees::Compare(std::string_view first, std::string_view second) {
  ZPROV_ASSIGN(const Found a, view_.Directory(first, Last::kKeep));
  ZPROV_ASSIGN(const Found b, view_.Directory(second, Last::kKeep));
  return CompareTrees(view_.disk(), *a.node, *b.node);
}

Result<void> Trees::Sync(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Existing(path, Last::kKeep));
  view_.disk().Sync(found.node->volume);
  return {};
}

Result<os::Filesystem> Trees::FilesystemOf(std::string_view path) {
  ZPROV_ASSIGN(Found found, view_.Existing(path, Last::kKeep));
  return Describe(found.mount, std::move(found.mount_path));
}

Result<std::vector<os::Filesystem>> Trees::MountsBelow(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  std::vector<os::Filesystem> below;
  for (const Mount& mount : view_.disk().mounts()) {
    const std::string& root = view_.root();
    if (!IsBelow(mount.path, root) || mount.path == root) continue;
    std::string seen = root == "/" ? mount.path : mount.path.substr(root.size());
    if (IsBelow(seen, found.path) && seen != found.path)
      below.push_back(Describe(&mount, std::move(seen)));
  }
  std::ranges::sort(below, {}, &os::Filesystem::mount_point);
  return below;
}

}  // namespace zprov::sim
