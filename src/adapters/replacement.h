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

enum class Content { kSynced, kDraft };

struct NewContent {
  std::string_view bytes;
  uint32_t mode = 0644;  // of a file that was not there
  Content sync = Content::kSynced;
};

// A regular file with that content is at `place` afterwards. It has owner, mode and xattrs of the
// file that was there. Errors as os::Files::Write.
Result<void> PutFile(const Place& place, const NewContent& content);

}  // namespace zprov::adapters
