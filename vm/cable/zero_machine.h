// The Zero's machine: QEMU's raspi0, started from what was served. It ends with this process,
// whatever ends that.
#pragma once

#include <string>

#include "util/result.h"
#include "vm/cable/cable.h"

namespace zprov::vm {

struct Started {
  int usb = -1;      // the far end of its USB port; the caller's to close
  int console = -1;  // the far end of its serial line; the caller's to close
  int process = -1;  // a pidfd: readable once it has ended; the caller's to close
};

// From files in `directory`. kFailed.
Result<Started> StartZero(const Served& served, const std::string& directory);

}  // namespace zprov::vm
