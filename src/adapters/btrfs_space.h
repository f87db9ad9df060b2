// How full a btrfs is, from BTRFS_IOC_SPACE_INFO: libbtrfsutil cannot say it.
#pragma once

#include "os/btrfs.h"
#include "util/result.h"

namespace zprov::adapters {

// Of the file system that the readable descriptor `fd` is on. kNotSupported when that is no btrfs.
Result<os::Space> SpaceOf(int fd);

}  // namespace zprov::adapters
