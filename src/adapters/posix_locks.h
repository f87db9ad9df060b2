// os::Locks by flock(2): the kernel ends such a lock with its process, kill -9 included.
#pragma once

#include <memory>

#include "adapters/root.h"
#include "os/locks.h"

namespace zprov::adapters {

std::unique_ptr<os::Locks> MakePosixLocks(std::shared_ptr<const Root> root);

}  // namespace zprov::adapters
