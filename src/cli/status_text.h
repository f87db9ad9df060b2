// What each node runs and would get, as people read it.
#pragma once

#include <optional>
#include <string>

#include "engine/serve/snapshot.h"
#include "engine/status.h"

namespace zprov::cli {

using Live = std::optional<engine::Snapshot>;  // what a running serve knows; nothing: none runs

// A row per node, and below what concerns all of them; the last line sums it up.
std::string StatusText(const engine::ClusterStatus& status, const Live& live = {});

// All that is known of one node, a line per fact; for a status of that node alone.
std::string NodeText(const engine::ClusterStatus& status, const Live& live = {});

}  // namespace zprov::cli
