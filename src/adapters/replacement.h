// One regular file put under a name in one act, for PosixFiles::Write. No library in Debian 12
// does it relative to a descriptor and keeps what the old file had.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/root.h"
#include "util/result.h"

namespace zprov::adapters {

// The name next to `name` under which a new entry waits for its rename.
std::string WaitingName(const std::string& name);

// A regular file with `content`, synced, is at `place` afterwards. It has owner, mode and xattrs
// of the file that was there, or `mode`. Errors as os::Files::Write.
Result<void> PutFile(const Place& place, std::string_view content, uint32_t mode);

}  // namespace zprov::adapters
