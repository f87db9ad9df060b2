// os::Files by system calls relative to descriptors. No library in Debian 12 resolves a path
// below a root safely: std::filesystem, Boost.Filesystem and libarchive all take paths as text.
#pragma once

#include <memory>

#include "adapters/root.h"
#include "os/files.h"

namespace zprov::adapters {

std::unique_ptr<os::Files> MakePosixFiles(std::shared_ptr<const Root> root);

}  // namespace zprov::adapters
