#include "adapters/mounts.h"

#include <fcntl.h>
#include <libmount.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <vector>

#include "adapters/attributes.h"
#include "adapters/errno.h"
#include "util/path.h"

namespace zprov::adapters {
namespace {

struct TypeName {
  uint32_t magic;  // an int in a 32-bit host's statfs
  const char* name;
};

constexpr uint32_t kXfsMagic = 0x58465342;  // statfs(2)
// For a root inside of a chroot, whose own mount /proc/self/mountinfo does not show.
constexpr TypeName kTypeNames[] = {
    {BTRFS_SUPER_MAGIC, "btrfs"},       {EXT4_SUPER_MAGIC, "ext4"}, {TMPFS_MAGIC, "tmpfs"},
    {OVERLAYFS_SUPER_MAGIC, "overlay"}, {NFS_SUPER_MAGIC, "nfs"},   {kXfsMagic, "xfs"},
    {MSDOS_SUPER_MAGIC, "vfat"},        {RAMFS_MAGIC, "ramfs"},
};

struct Mount {
  uint64_t id = 0;
  std::string type;
  std::string target;  // as this process sees it
};

std::string TypeByMagic(int fd) {
  struct statfs status = {};
  if (::fstatfs(fd, &status) != 0) return "unknown";
  for (const TypeName& row : kTypeNames) {
    if (row.magic == static_cast<uint32_t>(status.f_type)) return row.name;
  }
  return "unknown";
}

// Every mount that this process sees, in the order they were made.
std::vector<Mount> Mounts() {
  std::vector<Mount> mounts;
  const std::unique_ptr<libmnt_table, decltype(&mnt_unref_table)> table(
      mnt_new_table_from_file("/proc/self/mountinfo"), &mnt_unref_table);
  const std::unique_ptr<libmnt_iter, decltype(&mnt_free_iter)> at(mnt_new_iter(MNT_ITER_FORWARD),
                                                                  &mnt_free_iter);
  if (!table || !at) return mounts;
  libmnt_fs* mounted = nullptr;
  while (mnt_table_next_fs(table.get(), at.get(), &mounted) == 0) {
    mounts.push_back({static_cast<uint64_t>(mnt_fs_get_id(mounted)), mnt_fs_get_fstype(mounted),
                      mnt_fs_get_target(mounted)});
  }
  return mounts;
}

}  // namespace

Result<os::Filesystem> FilesystemAt(const Root& root, const Fd& entry) {
  ZPROV_ASSIGN(const struct statx status, StatusOf(entry.number()));
  struct statvfs flags = {};
  if (::fstatvfs(entry.number(), &flags) != 0) return FailErrno(errno);
  const auto mounts = Mounts();
  const auto mount = std::find_if(mounts.begin(), mounts.end(), [&](const Mount& candidate) {
    return candidate.id == status.stx_mnt_id;
  });
  const bool seen = mount != mounts.end();
  os::Filesystem found;
  found.type = seen ? mount->type : TypeByMagic(entry.number());
  found.mount_point = seen ? root.PathOfHost(mount->target) : "/";
  found.read_only = (flags.f_flag & ST_RDONLY) != 0;
  found.nosuid = (flags.f_flag & ST_NOSUID) != 0;
  found.nodev = (flags.f_flag & ST_NODEV) != 0;
  return found;
}

Result<std::vector<os::Filesystem>> FilesystemsBelow(const Root& root, const Fd& directory) {
  ZPROV_ASSIGN(const std::string top, root.PathOf(directory));
  std::set<std::string> points;
  for (const Mount& mount : Mounts()) {
    const std::string point = root.PathOfHost(mount.target);
    if (point != top && IsBelow(point, top)) points.insert(point);
  }
  std::vector<os::Filesystem> found;
  for (const std::string& point : points) {
    const auto entry = root.Open(point, O_PATH | O_NOFOLLOW);
    if (!entry) continue;  // hidden: something is mounted above it
    ZPROV_ASSIGN(os::Filesystem filesystem, FilesystemAt(root, *entry));
    if (filesystem.mount_point == point) found.push_back(std::move(filesystem));
  }
  return found;
}

}  // namespace zprov::adapters
