// iputils' ping on the simulated host, as far as somebody asks whether packets of a size get
// through.
#pragma once

#include <string>
#include <vector>

#include "sim/network.h"
#include "sim/processes.h"

namespace zprov::sim {

// `ping … [-f] -c COUNT -s BYTES … ADDRESS`, numeric and quiet; other options are taken and change
// nothing. It ends with 0 when an answer came, with 1 when none did, with 2 for what it does not
// understand.
ProgramRun Ping(const Network& network, const std::vector<std::string>& argv);

}  // namespace zprov::sim
