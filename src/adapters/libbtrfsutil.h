// os::Btrfs by libbtrfsutil, on descriptors below the world's root. What the library lacks, how
// full the file system is, comes from the kernel's own ioctls.
#pragma once

#include <memory>

#include "adapters/root.h"
#include "os/btrfs.h"

namespace zprov::adapters {

std::unique_ptr<os::Btrfs> MakeLibbtrfsutil(std::shared_ptr<const Root> root);

}  // namespace zprov::adapters
