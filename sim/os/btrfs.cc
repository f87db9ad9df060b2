#include "sim/os/btrfs.h"

namespace zprov::sim {

Result<Found> Btrfs::OnBtrfs(std::string_view path) const {
  ZPROV_ASSIGN(Found found, view_.Existing(path, Last::kKeep));
  if (!view_.disk().IsBtrfs(*found.node))
    return Fail(ErrorKind::kNotSupported,
                std::string(path) + ": not on btrfs: choose a place on a btrfs file system");
  return found;
}

Result<Found> Btrfs::SubvolumeAt(std::string_view path) const {
  ZPROV_ASSIGN(Found found, OnBtrfs(path));
  if (!found.node->IsTreeRoot())
    return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no subvolume");
  return found;
}

Result<void> Btrfs::Create(std::string_view path, uint32_t mode) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  if (found.node.has_value()) return Fail(ErrorKind::kExists, std::string(path) + ": it is there");
  return About(path, view_.disk().MakeSubvolume(found.spot, mode));
}

Result<void> Btrfs::Snapshot(std::string_view from, std::string_view to, os::Access access) {
  ZPROV_ASSIGN(const Found source, SubvolumeAt(from));
  ZPROV_ASSIGN(const Found target, view_.ForChange(to, Last::kKeep));
  if (target.node.has_value()) return Fail(ErrorKind::kExists, std::string(to) + ": it is there");
  return About(to, view_.disk().Snapshot(*source.node, target.spot, access));
}

Result<void> Btrfs::Delete(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  if (!found.node.has_value()) return Fail(ErrorKind::kNotFound, std::string(path) + ": not there");
  if (found.is_mount_point)
    return Fail(ErrorKind::kBusy, std::string(path) + ": it is a mount point: unmount it first");
  return About(path, view_.disk().DeleteSubvolume(found.spot));
}

Result<std::optional<os::Subvolume>> Btrfs::Info(std::string_view path) {
  auto found = view_.Walk(path, Last::kKeep);
  if (!found.has_value() && found.error().kind == ErrorKind::kNotFound)
    return std::optional<os::Subvolume>();
  if (!found.has_value()) return tl::make_unexpected(std::move(found).error());
  if (!found->node.has_value() || !view_.disk().IsBtrfs(*found->node) || !found->node->IsTreeRoot())
    return std::optional<os::Subvolume>();
  return std::optional(view_.disk().Describe(*found->node));
}

Result<std::vector<os::NestedSubvolume>> Btrfs::List(std::string_view path) {
  ZPROV_ASSIGN(const Found found, SubvolumeAt(path));
  return view_.disk().Nested(*found.node);
}

Result<void> Btrfs::SetAccess(std::string_view path, os::Access access) {
  ZPROV_ASSIGN(const Found found, view_.Existing(path, Last::kKeep));
  return About(path, view_.disk().SetAccess(*found.node, access));
}

Result<void> Btrfs::Sync(std::string_view path) {
  ZPROV_ASSIGN(const Found found, OnBtrfs(path));
  view_.disk().Sync(found.node->volume);
  return {};
}

Result<os::Space> Btrfs::Usage(std::string_view path) {
  ZPROV_TRY(OnBtrfs(path));
  return view_.disk().Usage();
}

}  // namespace zprov::sim
