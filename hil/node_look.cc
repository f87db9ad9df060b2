#include "hil/node_look.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "engine/boots/boot_ring.h"
#include "engine/generations.h"
#include "engine/node_reports.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

// Which boot a node runs: as the last one that zprov made tells; else, when others boot the nodes,
// as its root does.
struct BootMark {
  int generation = 0;
  std::string nonce;
};

Result<std::optional<BootMark>> MarkOf(const Rig& rig, const NodeLook& look) {
  if (look.last_boot && look.last_boot->generation) {
    return BootMark{*look.last_boot->generation, look.last_boot->nonce};
  }
  if (!look.would_get) return std::nullopt;
  const std::string root = generations::RootOf(rig.spec, *look.would_get, look.node->name);
  ZPROV_ASSIGN(const auto nonce, engine::MountedNonce(rig.system, root));
  if (!nonce) return std::nullopt;
  return BootMark{*look.would_get, *nonce};
}

// What a node wrote is its own fault, not the infrastructure's.
void ReadReport(const Rig& rig, const BootMark& mark, NodeLook& look) {
  const std::string root = generations::RootOf(rig.spec, mark.generation, look.node->name);
  auto report = engine::ReadBootReport(rig.system, root, mark.nonce);
  if (!report) {
    look.trouble = std::move(report).error().message;
  } else if (*report) {
    look.report = std::move(*report);
    look.runs = mark.generation;
  }
}

void HearOf(const Rig& rig, NodeLook& look) {
  auto mark = MarkOf(rig, look);
  if (!mark) {
    look.trouble = std::move(mark).error().message;
  } else if (*mark) {
    ReadReport(rig, **mark, look);
  }
}

}  // namespace

Result<std::vector<NodeLook>> LookAtNodes(const Rig& rig) {
  ZPROV_ASSIGN(const auto lives, engine::ObserveLives(rig.system, rig.spec, {}));
  ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
  std::vector<NodeLook> looks;
  for (const spec::Node* node : ExpectedNodes(rig)) {
    NodeLook look{.node = node, .life = lives.at(node->name)};
    const auto current = store.current.find(node->name);
    if (current != store.current.end()) look.would_get = current->second;
    ZPROV_ASSIGN(auto kept, engine::ReadBoots(rig.system, rig.spec, node->name));
    if (!kept.boots.empty()) look.last_boot = std::move(kept.boots.front().timeline);
    if (look.life.life == engine::Life::kUp) HearOf(rig, look);
    looks.push_back(std::move(look));
  }
  return looks;
}

Result<std::optional<std::string>> RootOf(const Rig& rig, const NodeLook& look) {
  const std::optional<int> number = look.runs ? look.runs : look.would_get;
  if (!number) return std::nullopt;
  auto real = rig.system.files.Resolve(generations::RootOf(rig.spec, *number, look.node->name));
  if (real) return std::optional(std::move(*real));
  if (real.error().kind == ErrorKind::kNotFound) return std::nullopt;
  return tl::make_unexpected(std::move(real).error());
}

std::string UpNodes(const std::vector<NodeLook>& looks) {
  const auto up = std::ranges::count_if(
      looks, [](const NodeLook& look) { return look.life.life == engine::Life::kUp; });
  return fmt::format("{} of {} nodes up", up, looks.size());
}

}  // namespace zprov::hil
