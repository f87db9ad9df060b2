#include "adapters/btrfs_space.h"

#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

constexpr size_t kSlack = 8;  // kinds of space that may appear between the two calls

// How many bytes of disk one byte takes in a block group with these flags.
uint64_t CopiesOf(uint64_t flags) {
  constexpr uint64_t kTwice =
      BTRFS_BLOCK_GROUP_DUP | BTRFS_BLOCK_GROUP_RAID1 | BTRFS_BLOCK_GROUP_RAID10;
  if ((flags & BTRFS_BLOCK_GROUP_RAID1C4) != 0) return 4;
  if ((flags & BTRFS_BLOCK_GROUP_RAID1C3) != 0) return 3;
  return (flags & kTwice) != 0 ? 2 : 1;
}

Result<std::vector<btrfs_ioctl_space_info>> SpaceInfos(int fd) {
  btrfs_ioctl_space_args count = {};
  if (::ioctl(fd, BTRFS_IOC_SPACE_INFO, &count) != 0) return FailErrno(errno);
  const size_t slots = static_cast<size_t>(count.total_spaces) + kSlack;  // a handful
  std::vector<uint64_t> buffer(
      (sizeof count + slots * sizeof(btrfs_ioctl_space_info)) / sizeof(uint64_t) + 1);
  auto* args = reinterpret_cast<btrfs_ioctl_space_args*>(buffer.data());
  args->space_slots = slots;
  if (::ioctl(fd, BTRFS_IOC_SPACE_INFO, args) != 0) return FailErrno(errno);
  std::vector<btrfs_ioctl_space_info> infos(static_cast<size_t>(args->total_spaces));
  std::memcpy(infos.data(), buffer.data() + sizeof count / sizeof(uint64_t),
              infos.size() * sizeof(btrfs_ioctl_space_info));
  return infos;
}

// Bytes of all devices that no block group has yet.
Result<uint64_t> Unallocated(int fd) {
  btrfs_ioctl_fs_info_args filesystem = {};
  if (::ioctl(fd, BTRFS_IOC_FS_INFO, &filesystem) != 0) return FailErrno(errno);
  uint64_t bytes = 0;
  for (uint64_t id = 1; id <= filesystem.max_id; ++id) {
    btrfs_ioctl_dev_info_args device = {};
    device.devid = id;
    if (::ioctl(fd, BTRFS_IOC_DEV_INFO, &device) != 0) {
      if (errno == ENODEV) continue;  // ids of removed devices stay unused
      return FailErrno(errno);
    }
    bytes += device.total_bytes - device.bytes_used;
  }
  return bytes;
}

}  // namespace

Result<os::Space> SpaceOf(int fd) {
  ZPROV_ASSIGN(const auto infos, SpaceInfos(fd));
  ZPROV_ASSIGN(const uint64_t unallocated, Unallocated(fd));
  os::Space space;
  for (const btrfs_ioctl_space_info& row : infos) {
    if ((row.flags & BTRFS_SPACE_INFO_GLOBAL_RSV) != 0) continue;  // a part of metadata
    const uint64_t total = row.total_bytes + unallocated / CopiesOf(row.flags);
    if ((row.flags & BTRFS_BLOCK_GROUP_DATA) != 0) {
      space.data_total = total;
      space.data_used = row.used_bytes;
    }
    if ((row.flags & BTRFS_BLOCK_GROUP_METADATA) != 0) {
      space.metadata_total = total;
      space.metadata_used = row.used_bytes;
    }
  }
  return space;
}

}  // namespace zprov::adapters
