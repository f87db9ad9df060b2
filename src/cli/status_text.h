// What each node runs and would get, as people read it.
#pragma once

#include <string>

#include "engine/status.h"

namespace zprov::cli {

// A row per node, and below what concerns all of them; the last line sums it up.
std::string StatusText(const engine::ClusterStatus& status);

// All that is known of one node, a line per fact; for a status of that node alone.
std::string NodeText(const engine::ClusterStatus& status);

}  // namespace zprov::cli
