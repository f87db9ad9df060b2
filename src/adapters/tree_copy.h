// A tree copied with everything (os::Trees::Copy). libarchive's disk reader and writer come close,
// but take paths as text, lose nanoseconds of symlinks and cannot reflink, compare or resume.
#pragma once

#include "adapters/fd.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::adapters {

// Both are readable directories; `to` is not inside of `from`. Contract: os::Trees::Copy, but
// that `not_entered` is relative to `from`.
Result<os::CopyReport> CopyTree(const Fd& from, const Fd& to);

}  // namespace zprov::adapters
