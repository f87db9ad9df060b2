// os::Roots by system calls relative to descriptors; see posix_files.h for why no library does it.
#pragma once

#include <memory>

#include "adapters/root.h"
#include "os/roots.h"

namespace zprov::adapters {

std::unique_ptr<os::Roots> MakePosixRoots(std::shared_ptr<const Root> root);

}  // namespace zprov::adapters
