// From which host a simulated run starts, and how its boards get their power. What is on it is
// hosts.h.
#pragma once

namespace zprov::sim {

enum class Scenario {
  kRig,         // its cluster.toml is there: native mode
  kCompatible,  // the same in the compatible mode, and zprov.service boots the nodes
  kHandMade,    // a person followed the procedure, with its five nodes
  kBare,        // a fresh host, and its operator begins with `zprov init`
};

// What the spec says of every node, and what is true.
enum class BoardPower {
  kGanged,   // no port's alone
  kPerPort,  // its port's, which its hub switches alone
  kCommand,  // a relay's in its cable, which kPowerProgram switches (power.h)
};

}  // namespace zprov::sim
