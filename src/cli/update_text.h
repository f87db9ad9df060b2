// What update, rollback and prune came to, as people read it.
#pragma once

#include <string>

#include "engine/update.h"

namespace zprov::cli {

// Each ends with a line that sums it up.
std::string UpdateText(const engine::Updated& updated);
std::string RollbackText(const engine::RolledBack& rolled_back);
std::string PruneText(const generations::Pruning& pruning);

}  // namespace zprov::cli
