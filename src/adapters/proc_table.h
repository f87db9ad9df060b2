// os::ProcessTable by reading /proc. No library of Debian 12 lists who uses a tree.
#pragma once

#include <memory>

#include "os/process_table.h"

namespace zprov::adapters {

// Sees the processes of this pid namespace, but for our own. Without root it sees only what the
// kernel shows to our user: processes of others look as if they used nothing.
std::unique_ptr<os::ProcessTable> MakeProcTable();

}  // namespace zprov::adapters
