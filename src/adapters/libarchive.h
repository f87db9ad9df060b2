// os::Archives by libarchive: its reading half alone, in memory, with the filters that are part of
// the library (others would start programs).
#pragma once

#include <memory>

#include "os/archives.h"

namespace zprov::adapters {

std::unique_ptr<os::Archives> MakeLibarchive();

}  // namespace zprov::adapters
