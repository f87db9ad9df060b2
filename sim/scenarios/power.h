// Rigs on which serve can cut one board's power: hubs that switch each port alone, or a relay in
// each board's cable. A relay is closed when its host starts, and its program fails while its hub
// is away.
#pragma once

#include <string>
#include <vector>

#include "sim/scenarios/scenario.h"
#include "sim/world.h"

namespace zprov::sim {

// `power s3 off`: what the spec calls a power_command, with its node's name.
inline constexpr const char* kPowerProgram = "/usr/local/sbin/power";

// What a spec says of it below the range of so many nodes; empty: ganged.
std::string PowerInSpec(int nodes, BoardPower power);

// Hubs, programs and relays of the boards at these ports, in the order of the nodes. The hubs are
// plugged in.
void PutPower(World& world, const std::vector<PortPath>& ports, BoardPower power);

}  // namespace zprov::sim
