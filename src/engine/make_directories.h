// A directory with all its missing parents, for steps that put something where nothing was.
#pragma once

#include <cstdint>
#include <string>

#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// What is there already stays as it is, also when another process made it meanwhile; missing
// parents get mode 0755.
Result<void> MakeDirectories(os::System& system, const std::string& path, uint32_t mode);

}  // namespace zprov::engine
