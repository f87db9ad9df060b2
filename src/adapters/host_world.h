// The real worlds, put together: this host, and a tree of files on it (--root DIR). What main uses.
#pragma once

#include <memory>
#include <string>

#include "os/system.h"
#include "util/result.h"

namespace zprov::adapters {

class HostWorld {
 public:
  virtual ~HostWorld() = default;
  virtual os::System& system() = 0;
};

// Files, processes, links and USB of this machine.
Result<std::unique_ptr<HostWorld>> OpenHostWorld();

// The files below directory `root` and nothing else: the system has no live part. kNotFound;
// kNotDirectory; kPermission.
Result<std::unique_ptr<HostWorld>> OpenTreeWorld(const std::string& root);

}  // namespace zprov::adapters
