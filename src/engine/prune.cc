#include "engine/prune.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "engine/commit.h"
#include "engine/generations.h"
#include "engine/make_generation.h"
#include "engine/settle.h"
#include "engine/store_lock.h"
#include "engine/update.h"

namespace zprov::engine {
namespace {

using generations::Pruning;

// Nodes that are not of the spec any more have no port to look at: nothing says that they run.
std::map<std::string, std::string> MayRun(const std::map<std::string, NodeLife>& lives) {
  std::map<std::string, std::string> may_run;
  for (const auto& [node, life] : lives) {
    if (life.life == Life::kDown) continue;
    may_run[node] =
        fmt::format("{} is {} and may still run it ({})", node, Name(life.life), life.evidence);
  }
  return may_run;
}

}  // namespace

Result<void> DiscardUnfinished(os::System& system, const spec::ClusterSpec& spec,
                               const generations::Store& store) {
  for (const auto& [number, generation] : store.generations) {
    if (!generation.is_finished) ZPROV_TRY(DiscardGeneration(system, spec, number));
  }
  return {};
}

Result<Pruning> PruneOld(os::System& system, const spec::ClusterSpec& spec, const PruneRule& rule) {
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  Pruning pruning = generations::ToPrune(store, rule.keep, MayRun(rule.lives));
  if (pruning.remove.empty() && pruning.emptied.empty()) return pruning;
  ZPROV_TRY(SettleExports(system, spec, pruning.remove));
  for (const generations::NodeGeneration& old : pruning.remove) {
    ZPROV_TRY(DiscardRoot(system, spec, old.number, old.node));
  }
  for (const int number : pruning.emptied) {
    ZPROV_TRY(DiscardGeneration(system, spec, number));
  }
  ZPROV_TRY(system.trees.Sync(spec.storage.store));
  return pruning;
}

Result<Pruning> Prune(os::System& system, const spec::ClusterSpec& spec,
                      const PruneRequest& request, const OnNotice& notice) {
  ZPROV_ASSIGN(const auto lock, TakeStoreLock(system, spec, request.holder));
  ZPROV_TRY(Recover(system, spec));
  ZPROV_ASSIGN(const auto lives, ObserveLives(system, spec, request.assume_down));
  notice({Notice::Kind::kProgress, "removing old generations"});
  ZPROV_ASSIGN(Pruning pruning,
               PruneOld(system, spec, {request.keep.value_or(spec.prune_keep), lives}));
  // An earlier prune may have been cut off between the exports and what they name.
  if (pruning.remove.empty()) ZPROV_TRY(SettleExports(system, spec, {}));
  return pruning;
}

}  // namespace zprov::engine
