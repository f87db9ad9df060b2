#include "sim/os/files.h"

#include "util/strings.h"

namespace zprov::sim {

namespace {

constexpr uint64_t kConfinedLimit = 4096;  // bytes, from os/files.h

Result<std::shared_ptr<const std::string>> Shared(const Inode& inode, uint64_t limit) {
  if (inode.content->size() > limit)
    return Fail(ErrorKind::kTooLarge, "it has more than " + std::to_string(limit) +
                                          " bytes: it is not what it should be");
  return inode.content;
}

Result<std::string> Content(const Inode& inode, uint64_t limit) {
  ZPROV_ASSIGN(const auto content, Shared(inode, limit));
  return *content;
}

Inode NewFile(std::string_view content, uint32_t mode) {
  Inode file;
  file.mode = mode;
  file.content = std::make_shared<const std::string>(content);
  return file;
}

}  // namespace

Result<std::optional<os::FileStatus>> Files::Status(std::string_view path) {
  auto found = view_.NodeAt(path, Last::kKeep);
  if (found) return std::optional(view_.disk().Status(*found));
  if (found.error().kind == ErrorKind::kNotFound) return std::optional<os::FileStatus>();
  return tl::make_unexpected(std::move(found).error());
}

Result<const Inode*> Files::Regular(std::string_view path) const {
  ZPROV_ASSIGN(const Node node, view_.NodeAt(path, Last::kFollow));
  const Inode& inode = view_.disk().Get(node);
  if (inode.type == os::FileType::kDirectory)
    return Fail(ErrorKind::kIsDirectory, std::string(path) + ": it is a directory");
  if (inode.type != os::FileType::kRegular)
    return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no regular file");
  return &inode;
}

Result<std::string> Files::Read(std::string_view path, uint64_t limit) {
  ZPROV_ASSIGN(const Inode* inode, Regular(path));
  return About(path, Content(*inode, limit));
}

Result<std::string> Files::ReadStart(std::string_view path, uint64_t bytes) {
  ZPROV_ASSIGN(const Inode* inode, Regular(path));
  return inode->content->substr(
      0, static_cast<size_t>(std::min<uint64_t>(bytes, inode->content->size())));
}

Result<os::FileBytes> Files::Map(std::string_view path, uint64_t limit) {
  ZPROV_ASSIGN(const Inode* inode, Regular(path));
  ZPROV_ASSIGN(auto content, About(path, Shared(*inode, limit)));
  const std::string_view bytes = *content;
  return os::FileBytes{bytes, std::move(content)};
}

Result<std::string> Files::ReadConfined(std::string_view directory, std::string_view name) {
  ZPROV_ASSIGN(const Found found, view_.Directory(directory, Last::kFollow));
  const std::string place = std::string(name) + " in " + std::string(directory);
  if (name.empty()) return Fail(ErrorKind::kInvalid, place + ": give a name");
  if (name.starts_with('/')) return Fail(ErrorKind::kEscapes, place + ": it leaves the directory");
  const Disk& disk = view_.disk();
  Node at = *found.node;
  for (std::string_view part : Split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return Fail(ErrorKind::kEscapes, place + ": it leaves the directory");
    if (disk.Get(at).type != os::FileType::kDirectory)
      return Fail(ErrorKind::kNotDirectory, place + ": a component is no directory");
    auto child = disk.Child(at, part);
    if (!child.has_value()) return Fail(ErrorKind::kNotFound, place + ": not there");
    const Mount* over = disk.MountOver(*child);
    at = over == nullptr ? *child : over->root;
    if (disk.Get(at).type == os::FileType::kSymlink)
      return Fail(ErrorKind::kEscapes, place + ": a symlink is in the way");
  }
  const Inode& inode = disk.Get(at);
  if (inode.type != os::FileType::kRegular)
    return Fail(ErrorKind::kInvalid, place + ": it is no regular file");
  return About(place, Content(inode, kConfinedLimit));
}

Result<void> Files::Write(std::string_view path, std::string_view content, uint32_t mode) {
  Inode fresh = NewFile(content, mode);
  fresh.content_synced = true;
  return Put(path, std::move(fresh));
}

Result<void> Files::WriteDraft(std::string_view path, std::string_view content, uint32_t mode) {
  return Put(path, NewFile(content, mode));
}

Result<void> Files::Put(std::string_view path, Inode fresh) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kFollow));
  if (found.node.has_value()) {
    const Inode& old = view_.disk().Get(*found.node);
    if (old.type == os::FileType::kDirectory)
      return Fail(ErrorKind::kIsDirectory, std::string(path) + ": it is a directory");
    if (old.type != os::FileType::kRegular)
      return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no regular file");
    fresh.mode = old.mode;
    fresh.uid = old.uid;
    fresh.gid = old.gid;
    fresh.xattrs = old.xattrs;
  }
  fresh.modified_ns = view_.disk().clock().WallTime().count();
  ZPROV_TRY(About(path, view_.disk().Replace(found.spot, std::move(fresh))));
  return {};
}

Result<void> Files::ReplaceSymlink(std::string_view path, std::string_view target) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  if (found.node.has_value() && view_.disk().Get(*found.node).type != os::FileType::kSymlink)
    return Fail(ErrorKind::kExists, std::string(path) + ": something else than a symlink is there");
  if (target.empty())
    return Fail(ErrorKind::kInvalid, std::string(path) + ": a symlink must say something");
  Inode symlink;
  symlink.type = os::FileType::kSymlink;
  symlink.mode = 0777;
  symlink.content = std::make_shared<const std::string>(target);
  symlink.modified_ns = view_.disk().clock().WallTime().count();
  ZPROV_TRY(About(path, view_.disk().Replace(found.spot, std::move(symlink))));
  return {};
}

Result<std::string> Files::ReadSymlink(std::string_view path) {
  ZPROV_ASSIGN(const Node node, view_.NodeAt(path, Last::kKeep));
  const Inode& inode = view_.disk().Get(node);
  if (inode.type != os::FileType::kSymlink)
    return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no symlink");
  return *inode.content;
}

Result<std::string> Files::Resolve(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Existing(path, Last::kFollow));
  return found.path;
}

Result<void> Files::SyncDirectory(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kFollow));
  view_.disk().SyncDirectory(*found.node);
  return {};
}

}  // namespace zprov::sim
