// How two trees differ, byte by byte (os::Trees::Compare). No library in Debian 12 does it with
// owners, ACLs, xattrs and hard links.
#pragma once

#include "adapters/fd.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::adapters {

// Both are readable directories. Contract: os::Trees::Compare.
Result<os::Comparison> CompareTrees(const Fd& first, const Fd& second);

}  // namespace zprov::adapters
