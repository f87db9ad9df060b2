#include "engine/new_generation.h"

#include <fmt/format.h>

#include <set>

#include "engine/identity.h"
#include "engine/lint.h"
#include "engine/make_generation.h"
#include "engine/settle.h"
#include "util/strings.h"

namespace zprov::engine {

namespace {

// Before the source is snapshot: the host's ssh_known_hosts, which every root inherits, names them.
Result<Identities> MakeIdentities(os::System& system, const spec::ClusterSpec& spec,
                                  const std::vector<std::string>& nodes) {
  ZPROV_ASSIGN(const auto source, system.roots.Open(spec.storage.source));
  Identities identities;
  for (const HostKeyFile& key : HostKeyFiles()) {
    ZPROV_ASSIGN(const auto status, source->files().Status(PathOf(key)));
    if (status) identities.kinds.insert(key.kind);
  }
  for (const std::string& node : nodes) {
    ZPROV_ASSIGN(identities.of[node], EnsureIdentity(system, spec, node, identities.kinds));
  }
  ZPROV_TRY(SettleKnownHosts(system, spec));
  return identities;
}

// A generation that would not boot gets no pointer; what only might be better is said.
Result<void> ExpectBootable(os::System& system, const spec::ClusterSpec& spec,
                            const LintOrder& order, const OnNotice& notice) {
  ZPROV_ASSIGN(const lint::Findings findings, LintGeneration(system, spec, order));
  std::vector<std::string> errors;
  for (const lint::Finding& finding : findings) {
    if (finding.severity == lint::Finding::Severity::kError) {
      errors.push_back(lint::Describe(finding));
    } else {
      notice({Notice::Kind::kWarning, lint::Describe(finding)});
    }
  }
  if (errors.empty()) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("generation {} would not boot and is discarded, each node keeps what it "
                          "has: {}",
                          order.number, Join(errors, "; ")));
}

Result<Built> BuildBootable(os::System& system, const spec::ClusterSpec& spec,
                            const BuildOrder& order, const OnNotice& notice) {
  ZPROV_ASSIGN(Built built, BuildGeneration(system, spec, order, notice));
  ZPROV_TRY(ExpectBootable(system, spec, {order.number, built.kernel, order.nodes}, notice));
  return built;
}

}  // namespace

Result<Run> BuildRun(os::System& system, const spec::ClusterSpec& spec, const NewGeneration& wanted,
                     const OnNotice& notice) {
  BuildOrder order;
  order.number = wanted.number;
  for (const generations::Move& move : wanted.moves) {
    order.nodes.push_back(move.node);
    if (move.from < 0) continue;
    ZPROV_ASSIGN(order.previous[move.node], RealRoot(system, spec, {move.node, move.from}));
    if (move.from == 0) continue;
    order.made_ns[move.node] = wanted.store.generations.at(move.from).record.made_ns;
  }
  ZPROV_ASSIGN(order.identities, MakeIdentities(system, spec, order.nodes));
  auto built = BuildBootable(system, spec, order, notice);
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
