// The real command line, for processes of a simulated host.
#pragma once

#include "sim/run/process.h"

namespace zprov::tests {

// Its host is the simulated one; it has no other tree and no other rig.
int SimulatedZprov(const run::Call& call);

}  // namespace zprov::tests
