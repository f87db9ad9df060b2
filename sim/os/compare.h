// How the simulated disk does os::Trees::Compare.
#pragma once

#include "os/trees.h"
#include "sim/disk/disk.h"

namespace zprov::sim {

os::Comparison CompareTrees(const Disk& disk, const Node& first, const Node& second);

}  // namespace zprov::sim
