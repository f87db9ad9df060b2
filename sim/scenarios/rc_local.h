// What the procedure's lines in /etc/rc.local start whenever the host boots, where they are there.
#pragma once

#include "sim/world.h"

namespace zprov::sim {

// The bridge, to which dhcpcd gives its address, and rpiboot.
void RunRcLocal(World& world);

}  // namespace zprov::sim
