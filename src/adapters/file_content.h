// The bytes of one regular file into another one, with its holes.
#pragma once

#include <cstdint>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

// `to`, empty and writable, has the `size` bytes of `from` (readable) afterwards: as a reflink
// where the file system can, else copied with its holes left out.
Result<void> CopyContent(const Fd& from, const Fd& to, uint64_t size);

}  // namespace zprov::adapters
