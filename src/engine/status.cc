#include "engine/status.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "core/plan/describe.h"
#include "engine/carry_over.h"
#include "engine/commit.h"
#include "engine/content.h"
#include "engine/fleet/node_view.h"
#include "engine/generations.h"
#include "engine/guards.h"
#include "engine/lint.h"
#include "engine/observe.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

using generations::Store;

struct Scene {
  os::System& system;
  const spec::ClusterSpec& spec;
  const Store& store;
};

// Whatever it may run is compared with what it would get.
Result<RebootEffect> EffectOf(const Scene& scene, const NodeStatus& status) {
  if (status.life.life == Life::kUnknown || !status.would_get) return RebootEffect::kUnknown;
  for (const int number : status.may_run) {
    ZPROV_ASSIGN(const bool is_same,
                 HasSameContent(scene.system, scene.spec, number, *status.would_get));
    if (!is_same) return RebootEffect::kChanges;
  }
  return RebootEffect::kNothing;
}

// A root made by hand has no moment to count from.
Result<os::Changes> WroteSince(const Scene& scene, const NodeStatus& status) {
  if (!status.record || status.record->number == 0) return os::Changes{};
  return WrittenIn(scene.system, scene.spec,
                   generations::RootOf(scene.spec, status.record->number, status.node),
                   status.record->made_ns);
}

Result<NodeStatus> StatusOf(const Scene& scene, const std::string& node, const NodeLife& life) {
  NodeStatus status;
  status.node = node;
  status.life = life;
  status.generations = generations::GenerationsOf(scene.store, node);
  if (life.life != Life::kDown) status.may_run = status.generations;
  if (const auto current = scene.store.current.find(node); current != scene.store.current.end()) {
    status.would_get = current->second;
    if (const auto found = scene.store.generations.find(current->second);
        found != scene.store.generations.end()) {
      status.record = found->second.record;
    }
  }
  ZPROV_ASSIGN(status.reboot, EffectOf(scene, status));
  ZPROV_ASSIGN(status.wrote, WroteSince(scene, status));
  return status;
}

bool HasFailed(const NodeStatus& status) {
  if (status.life.life == Life::kUp || status.boots.boots.empty()) return false;
  const std::string& ending = status.boots.boots.front().timeline.ending;
  return ending != Name(NodeState::kHealthy) && ending != Name(NodeState::kUp);
}

// A board cannot say why it does not start, and what it was given often can.
lint::Findings WrongBootFiles(const Scene& scene, const NodeStatus& status) {
  if (!status.would_get || !HasFailed(status)) return {};
  const std::string kernel = status.record ? status.record->kernel : "";
  auto findings =
      LintGeneration(scene.system, scene.spec, {*status.would_get, kernel, {status.node}});
  if (findings) return std::move(*findings);
  return {{lint::Finding::Severity::kWarning,
           generations::BootOf(scene.spec, *status.would_get, status.node),
           "cannot be looked at: " + findings.error().message,
           "mend that, and look again with `zprov check`, as root"}};
}

bool IsAboutFiles(const plan::Action& action) {
  return std::holds_alternative<plan::WriteFile>(action) ||
         std::holds_alternative<plan::RetireFile>(action) ||
         std::holds_alternative<plan::MakeSymlink>(action);
}

Result<std::vector<std::string>> Drift(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const plan::Plan plan, MakePlan(system, spec, {}));
  std::vector<std::string> drift;
  for (const plan::Step& step : plan.steps) {
    if (IsAboutFiles(step.action)) drift.push_back(plan::Title(step.action));
  }
  return drift;
}

Result<std::string> Interrupted(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const auto run, InterruptedRun(system, spec));
  if (!run) return std::string();
  std::vector<std::string> moves;
  for (const generations::Move& move : run->moves) {
    moves.push_back(fmt::format("{} to generation {}", move.node, move.to));
  }
  return fmt::format(
      "moving {}: the next apply, update, rollback or prune finishes it{}", Join(moves, ", "),
      spec.mode == spec::Mode::kCompatible ? ", but for nodes that run then: halt those first"
                                           : "");
}

}  // namespace

std::string_view Name(RebootEffect effect) {
  switch (effect) {
    case RebootEffect::kNothing:
      return "nothing";
    case RebootEffect::kChanges:
      return "changes";
    case RebootEffect::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Result<ClusterStatus> Status(os::System& system, const spec::ClusterSpec& spec,
                             const std::optional<std::string>& node) {
  ClusterStatus status;
  // btrfs tells that a root was written only once the write was committed (engine/carry_over.h).
  if (auto synced = system.trees.Sync(spec.storage.store);
      !synced && synced.error().kind != ErrorKind::kNotFound) {
    return tl::make_unexpected(std::move(synced).error());
  }
  std::vector<std::string> asked;
  if (node) asked.push_back(*node);
  ZPROV_ASSIGN(const auto nodes, NamedNodes(spec, asked));
  ZPROV_ASSIGN(const Store store, ObserveGenerations(system, spec));
  ZPROV_ASSIGN(const auto lives, ObserveLives(system, spec, {}));
  for (const std::string& name : nodes) {
    ZPROV_ASSIGN(NodeStatus row, StatusOf({system, spec, store}, name, lives.at(name)));
    if (node) {
      ZPROV_ASSIGN(row.boots, ReadBoots(system, spec, name));
      row.boot_files = WrongBootFiles({system, spec, store}, row);
    }
    status.nodes.push_back(std::move(row));
  }
  ZPROV_ASSIGN(status.drift, Drift(system, spec));
  ZPROV_ASSIGN(status.interrupted, Interrupted(system, spec));
  status.now_ns = system.clock.WallTime().count();
  return status;
}

}  // namespace zprov::engine
