// Which file system a descriptor is on: libmount for what is mounted where, statvfs for its flags.
#pragma once

#include <vector>

#include "adapters/root.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::adapters {

Result<os::Filesystem> FilesystemAt(const Root& root, const Fd& entry);

// What is mounted strictly below `directory` and not hidden by another mount, by mount point.
Result<std::vector<os::Filesystem>> FilesystemsBelow(const Root& root, const Fd& directory);

}  // namespace zprov::adapters
