// From which host a simulated run starts. What is on it is hosts.h.
#pragma once

namespace zprov::sim {

enum class Scenario {
  kRig,         // its cluster.toml is there: native mode
  kCompatible,  // the same in the compatible mode, and zprov.service boots the nodes
  kHandMade,    // a person followed the procedure, with its five nodes
  kBare,        // a fresh host, and its operator begins with `zprov init`
};

}  // namespace zprov::sim
