// One holder at a time, among processes. A lock ends with its process, however that ends.
#pragma once

#include <memory>
#include <string_view>

#include "util/result.h"

namespace zprov::os {

// Held while it lives.
class Lock {
 public:
  virtual ~Lock() = default;
};

class Locks {
 public:
  virtual ~Locks() = default;

  // Takes the lock file at `path` (made if missing, mode 0600, never removed) without waiting and
  // writes `holder` into it, one line that a person understands: "apply, pid 4711, since 02:14".
  // kBusy: somebody holds it, and the message is exactly the holder's line (empty if it has none
  // yet). kNotFound: its directory is missing.
  virtual Result<std::unique_ptr<Lock>> TryLock(std::string_view path, std::string_view holder) = 0;

  // Whether another process holds a POSIX record lock (fcntl(2) F_SETLK, as dpkg and apt take) on
  // the file at `path`. False when there is no such file. kInvalid when it is no regular file.
  virtual Result<bool> IsHeld(std::string_view path) = 0;
};

}  // namespace zprov::os
