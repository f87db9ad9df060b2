#include "hil/throw_away.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/generations.h"
#include "engine/make_generation.h"
#include "engine/settle.h"
#include "engine/store_lock.h"
#include "engine/update.h"
#include "hil/node_look.h"

namespace zprov::hil {
namespace {

// A node that is not known to run something earlier may run it.
std::optional<std::string> WhoMayRun(const std::vector<NodeLook>& looks, int number) {
  for (const NodeLook& look : looks) {
    const bool is_down = look.life.life == engine::Life::kDown;
    const bool runs_another = look.runs && *look.runs != number;
    if (!is_down && !runs_another) return look.node->name;
  }
  return std::nullopt;
}

}  // namespace

spec::ClusterSpec WithoutPruning(const spec::ClusterSpec& spec) {
  constexpr int kAll = 1'000'000;
  spec::ClusterSpec kept = spec;
  kept.prune_keep = kAll;
  return kept;
}

// Each step back is to the generation before, which may be the run's own, too.
Result<void> RollBackTo(const Rig& rig, const RunMark& mark) {
  for (const RunMark::Node& node : mark.nodes) {
    while (true) {
      ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
      const auto current = store.current.find(node.name);
      if (current == store.current.end() || current->second <= node.generation) break;
      const engine::RollbackRequest back{.nodes = {node.name}, .holder = rig.holder};
      ZPROV_TRY(engine::Rollback(rig.system, rig.spec, back, [](const engine::Notice&) {}));
    }
  }
  return {};
}

Result<std::vector<std::string>> NodesAstray(const Rig& rig, const RunMark& mark) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  std::vector<std::string> astray;
  for (const RunMark::Node& node : mark.nodes) {
    const auto look = std::ranges::find_if(
        looks, [&](const NodeLook& each) { return each.node->name == node.name; });
    if (look != looks.end() && look->runs && *look->runs > mark.newest) {
      astray.push_back(node.name);
    }
  }
  return astray;
}

Result<std::vector<Finding>> DiscardLater(const Rig& rig, const RunMark& mark) {
  ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
  if (store.generations.empty() || store.generations.rbegin()->first <= mark.newest) return {};
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  ZPROV_ASSIGN(const auto lock, engine::TakeStoreLock(rig.system, rig.spec, rig.holder));
  std::vector<Finding> findings;
  for (const auto& [number, generation] : store.generations) {
    if (number <= mark.newest) continue;
    if (const auto who = WhoMayRun(looks, number)) {
      findings.push_back({Grade::kBad, *who,
                          fmt::format("may still run generation {}, which this run made", number),
                          fmt::format("zprov reboot {}; the next run removes it", *who)});
      continue;
    }
    ZPROV_TRY(engine::DiscardGeneration(rig.system, rig.spec, number));
  }
  ZPROV_TRY(engine::SettleExports(rig.system, rig.spec, {}));
  return findings;
}

}  // namespace zprov::hil
