// Makes a board hostile: changes what its script has, here and there, as a seed says.
#pragma once

#include <cstdint>

#include "support/scripted_usb.h"

namespace zprov::transcripts {

// Between one and six changes: other bytes, names and lengths, other ends and times of transfers,
// answers and stays left out, twice or in another order, other devices and descriptors.
test::PortScript Mutated(test::PortScript script, uint64_t seed);

}  // namespace zprov::transcripts
