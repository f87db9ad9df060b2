// What a node says of its own boot: boot.json, as zprov-node writes it (src/node). Hostile text:
// whatever comes out is short, printable and in range. Reading the file is node_reports.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "util/result.h"

namespace zprov::engine {

// Texts hold printable ASCII alone. What the node could not find out is empty, or 0.
struct BootReport {
  std::string nonce;    // of the command line that it booted with
  int generation = 0;   // of its root, as personalisation wrote it
  std::string boot_id;  // the kernel's: another one at each boot
  std::string serial;   // the board's
  std::string kernel;   // version
  uint32_t mtu = 0;     // bytes of payload, on the node's own side of its link
  uint32_t uptime_s = 0;

  bool operator==(const BootReport&) const = default;
};

// kInvalid for anything but one flat JSON object with all these fields in range. Further fields are
// ignored.
Result<BootReport> ParseBootReport(std::string_view text);

}  // namespace zprov::engine
