// The hash of a tree's content by libxxhash (XXH3, 128 bits): fast, not against forgers.
#pragma once

#include <string>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

// 32 hex digits, as os::Roots::ContentHash; `top` is a readable directory.
Result<std::string> HashTree(const Fd& top);

}  // namespace zprov::adapters
