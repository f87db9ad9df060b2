#include "engine/new_generation.h"

#include <set>

#include "engine/generations.h"
#include "engine/identity.h"
#include "engine/make_generation.h"
#include "engine/settle.h"

namespace zprov::engine {

namespace {

// Before the source is snapshot: the host's ssh_known_hosts, which every root inherits, names them.
Result<void> MakeIdentities(os::System& system, const spec::ClusterSpec& spec,
                            const std::vector<std::string>& nodes) {
  ZPROV_ASSIGN(const auto source, system.roots.Open(spec.storage.source));
  std::set<os::HostKeyKind> kinds;
  for (const HostKeyFile& key : HostKeyFiles()) {
    ZPROV_ASSIGN(const auto status, source->files().Status(PathOf(key)));
    if (status) kinds.insert(key.kind);
  }
  for (const std::string& node : nodes) {
    ZPROV_TRY(EnsureIdentity(system, spec, node, kinds));
  }
  return SettleKnownHosts(system, spec);
}

}  // namespace

Result<Run> BuildRun(os::System& system, const spec::ClusterSpec& spec, const NewGeneration& wanted,
                     const OnNotice& notice) {
  BuildOrder order;
  order.number = wanted.number;
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  for (const generations::Move& move : wanted.moves) {
    order.nodes.push_back(move.node);
    if (move.from < 0) continue;
    ZPROV_ASSIGN(order.previous[move.node], RealRoot(system, spec, {move.node, move.from}));
    if (move.from == 0) continue;
    order.made_ns[move.node] = store.generations.at(move.from).record.made_ns;
  }
  ZPROV_TRY(MakeIdentities(system, spec, order.nodes));
  auto built = BuildGeneration(system, spec, order, notice);
  if (!built) {
    // What cannot be cleaned up now is unfinished, and goes with the next update or prune.
    (void)DiscardGeneration(system, spec, wanted.number);
    return tl::make_unexpected(std::move(built).error());
  }
  return Run{.record = generations::Record{.number = wanted.number,
                                           .made_ns = system.clock.WallTime().count(),
                                           .source = spec.storage.source,
                                           .kernel = built->kernel},
             .moves = wanted.moves};
}

}  // namespace zprov::engine
