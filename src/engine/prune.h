// Removes generations that nothing may still run, with the store's lock held.
#pragma once

#include <map>
#include <string>

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "engine/liveness.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct PruneRule {
  int keep = 5;
  const std::map<std::string, NodeLife>& lives;  // who is not down may run any of its generations
};

// Exports go before what they name; of each generation its record goes first, so that a cut leaves
// an unfinished one for the next time. Synced.
Result<generations::Pruning> PruneOld(os::System& system, const spec::ClusterSpec& spec,
                                      const PruneRule& rule);

// Generations that an interrupted run left half made go.
Result<void> DiscardUnfinished(os::System& system, const spec::ClusterSpec& spec,
                               const generations::Store& store);

}  // namespace zprov::engine
