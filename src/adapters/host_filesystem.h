// The files' part of an os::System for a real root directory: what main and the kernel tests use.
#pragma once

#include <memory>
#include <string>

#include "adapters/root.h"
#include "os/btrfs.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/locks.h"
#include "os/roots.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::adapters {

struct HostFilesystem {
  std::shared_ptr<const Root> root;
  std::unique_ptr<os::Clock> clock;
  std::unique_ptr<os::Files> files;
  std::unique_ptr<os::Trees> trees;
  std::unique_ptr<os::Locks> locks;
  std::unique_ptr<os::Btrfs> btrfs;
  std::unique_ptr<os::Roots> roots;
};

// `root` is a host path: "/", or the DIR of --root. kNotFound; kNotDirectory; kPermission.
Result<HostFilesystem> OpenHostFilesystem(const std::string& root);

}  // namespace zprov::adapters
