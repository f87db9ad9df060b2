// The cable as a process: its sockets, its clock, the Zero's QEMU, and the loop that waits for all
// of them. What it carries is cable.h.
#pragma once

#include <functional>
#include <string>

#include "util/net.h"
#include "util/result.h"

namespace zprov::vm {

struct RunOptions {
  std::string socket;     // where the B+'s QEMU connects to; made here
  std::string directory;  // for what was served, and the Zero's console; it is there
  PortPath port;          // of the B+, for the board's draws alone
  uint64_t seed = 1;
};

// Until the B+'s QEMU closes its end. `say` gets a line for people at a time.
Result<void> RunCable(const RunOptions& options,
                      const std::function<void(const std::string&)>& say);

}  // namespace zprov::vm
