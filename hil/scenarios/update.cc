// A generation that is made while the nodes run, taken by them, and left again. It is the run's
// own: nobody else's is touched, and it goes when the run ends.
#include <fmt/format.h>

#include <algorithm>

#include "engine/serve/give_order.h"
#include "engine/update_reboot.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "hil/throw_away.h"

namespace zprov::hil {
namespace {

const Skipped kInterrupted{"interrupted"};

void Ignore(const engine::Notice&) {}
void IgnoreSnapshot(const engine::Snapshot&) {}

// What they would get before anything was made.
RunMark MarkOf(const std::vector<NodeLook>& looks) {
  RunMark mark;
  for (const NodeLook& look : looks) {
    mark.nodes.push_back({look.node->name, look.would_get.value_or(0)});
  }
  return mark;
}

std::string StageOf(const engine::NodeOrdered& ordered) {
  const engine::NodeView& view = ordered.view;
  return fmt::format("at stage \"{}\": {}", engine::Name(view.state),
                     view.order && !view.order->text.empty() ? view.order->text : view.cause);
}

// Which of those that were told came back; false: it was interrupted.
bool TakeBack(const std::vector<engine::NodeOrdered>& rebooted, Names& back, Seen& seen) {
  using How = engine::NodeOrdered::How;
  for (const engine::NodeOrdered& one : rebooted) {
    if (one.how == How::kInterrupted) return false;
    if (one.how == How::kDone) {
      back.push_back(one.view.node);
      continue;
    }
    seen.findings.push_back(
        {Grade::kBad, one.view.node, "did not come back from its reboot, " + StageOf(one),
         fmt::format("zprov status {0}; cut its power, then zprov boot {0}", one.view.node)});
  }
  return true;
}

// They take what they would get now, and come back with it. False: it was interrupted.
Result<bool> RebootAndJudge(const Rig& rig, const Names& nodes, Seen& seen) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const engine::OrderRequest request{engine::Order::kReboot, nodes, rig.holder};
  ZPROV_ASSIGN(const auto ordered,
               engine::GiveOrder(rig.system, rig.spec, request, IgnoreSnapshot));
  Names back;
  if (!TakeBack(ordered.nodes, back, seen)) return false;
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, back}, seen));
  return true;
}

// Who runs on as it did, and would get the generation that was just made.
Result<void> JudgeUndisturbed(const Rig& rig, const std::vector<NodeLook>& before, int made,
                              Seen& seen) {
  const Names nobody;
  ZPROV_TRY(JudgeReturns(rig, before, {nobody, nobody}, seen));
  ZPROV_ASSIGN(const auto after, LookAtNodes(rig));
  for (const NodeLook& look : after) {
    if (look.would_get == made) continue;
    seen.findings.push_back({Grade::kBad, look.node->name,
                             fmt::format("was updated, and would not get generation {}", made),
                             "zprov status; zprov update " + look.node->name});
  }
  return {};
}

Result<void> JudgeRolledBack(const Rig& rig, const RunMark& mark, Seen& seen) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  for (const RunMark::Node& node : mark.nodes) {
    const auto look = std::ranges::find_if(
        looks, [&](const NodeLook& each) { return each.node->name == node.name; });
    if (look == looks.end() || look->would_get == node.generation) continue;
    seen.findings.push_back({Grade::kBad, node.name,
                             fmt::format("would not get generation {} again", node.generation),
                             "zprov rollback " + node.name});
  }
  return {};
}

// Back to what they ran, by rollback and reboot.
Result<Ended> GoBack(const Rig& rig, const std::vector<NodeLook>& before, Seen seen) {
  const RunMark mark = MarkOf(before);
  ZPROV_TRY(RollBackTo(rig, mark));
  ZPROV_TRY(JudgeRolledBack(rig, mark, seen));
  ZPROV_ASSIGN(const bool is_through, RebootAndJudge(rig, NamesOf(mark), seen));
  if (!is_through) return kInterrupted;
  return seen;
}

bool MayUpdateRunningNodes(const Rig& rig) { return rig.spec.mode == spec::Mode::kNative; }

const Skipped kCompatible{
    "in the compatible mode nodes must be down for an update: mode = \"native\""};

}  // namespace

Result<Ended> NodesTakeAnUpdateAndGoBack(const Rig& rig) {
  if (!MayUpdateRunningNodes(rig)) return kCompatible;
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  const engine::UpdateRequest request{.nodes = nodes, .holder = rig.holder};
  ZPROV_ASSIGN(const auto updated,
               engine::Update(rig.system, WithoutPruning(rig.spec), request, Ignore));
  Seen seen{.summary = fmt::format("generation {}, kernel {}", updated.number, updated.kernel)};
  ZPROV_TRY(JudgeUndisturbed(rig, before, updated.number, seen));
  ZPROV_ASSIGN(const bool is_through, RebootAndJudge(rig, nodes, seen));
  if (!is_through) return kInterrupted;
  return GoBack(rig, before, std::move(seen));
}

Result<Ended> NodesRebootIntoAnUpdateAndGoBack(const Rig& rig) {
  if (!MayUpdateRunningNodes(rig)) return kCompatible;
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  const engine::UpdateRequest request{.nodes = nodes, .holder = rig.holder};
  ZPROV_ASSIGN(const auto renewed,
               engine::UpdateAndReboot(rig.system, WithoutPruning(rig.spec), request,
                                       {.notice = Ignore, .snapshot = IgnoreSnapshot}));
  Seen seen{.summary = fmt::format("generation {}", renewed.updated.number)};
  if (!renewed.trouble.empty()) {
    seen.findings.push_back({Grade::kBad, rig.spec.host, renewed.trouble, "zprov status"});
  }
  Names back;
  if (!TakeBack(renewed.rebooted, back, seen)) return kInterrupted;
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, back}, seen));
  return GoBack(rig, before, std::move(seen));
}

}  // namespace zprov::hil
