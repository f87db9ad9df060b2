// A generation that is made while the nodes run, taken by them, and left again. It is the run's
// own: nobody else's is touched, and it goes when the run ends.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/serve/give_order.h"
#include "engine/update_reboot.h"
#include "hil/cuts.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "hil/throw_away.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

void Ignore(const engine::Notice&) {}
void IgnoreSnapshot(const engine::Snapshot&) {}

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
        {Grade::kBad, one.view.node, WhyNotBack(one),
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

Result<void> JudgeRolledBack(const Rig& rig, const std::vector<NodeLook>& before, Seen& seen) {
  ZPROV_ASSIGN(const auto after, LookAtNodes(rig));
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i].would_get == before[i].would_get) continue;
    const std::string& node = after[i].node->name;
    seen.findings.push_back(
        {Grade::kBad, node,
         fmt::format("would not get generation {} again", before[i].would_get.value_or(0)),
         "zprov rollback " + node});
  }
  return {};
}

// The generation that was made, and who of the nodes runs.
struct Made {
  int number;
  const Names& running;
};

// From it back to what they ran, by rollback and reboot.
Result<Ended> GoBack(const Rig& rig, const std::vector<NodeLook>& before, const Made& made,
                     Seen seen) {
  ZPROV_ASSIGN(const RunMark mark, NoteMade(rig, made.number));
  ZPROV_TRY(RollBack(rig, mark, NamesOf(before)));
  ZPROV_TRY(JudgeRolledBack(rig, before, seen));
  if (made.running.empty()) return seen;
  ZPROV_ASSIGN(const bool is_through, RebootAndJudge(rig, made.running, seen));
  if (!is_through) return kInterrupted;
  return seen;
}

// One boot after another is cut, each a stage later; none gets as far as a system that runs.
Result<std::optional<Cuts>> CutFirstBoots(const Rig& rig, const Names& nodes, Seen& seen) {
  using engine::NodeState;
  std::vector<Script> scripts;
  for (const NodeState state : {NodeState::kRom, NodeState::kFirstStageSent, NodeState::kServing,
                                NodeState::kServed, NodeState::kMounted}) {
    scripts.push_back(BootAndCutAt(state));
  }
  scripts.push_back(BootUp());
  return Play(rig, nodes, scripts, seen);
}

// The generation that follows `newest`, when it is the only one: then nobody else made one.
Result<void> NoteIfNext(const Rig& rig, int newest) {
  ZPROV_ASSIGN(const int now, NewestOf(rig));
  if (now == newest + 1) ZPROV_TRY(NoteMade(rig, now));
  return {};
}

bool MayUpdateRunningNodes(const Rig& rig) { return rig.spec.mode == spec::Mode::kNative; }

const Skipped kCompatible{
    "in the compatible mode nodes must be down for an update: mode = \"native\""};

}  // namespace

Result<Ended> NodesTakeAnUpdateAndGoBack(const Rig& rig) {
  if (!MayUpdateRunningNodes(rig)) return kCompatible;
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  ZPROV_ASSIGN(const auto updated, MakeGeneration(rig, nodes));
  Seen seen{.summary = fmt::format("generation {}, kernel {}", updated.number, updated.kernel)};
  ZPROV_TRY(JudgeUndisturbed(rig, before, updated.number, seen));
  ZPROV_ASSIGN(const bool is_through, RebootAndJudge(rig, nodes, seen));
  if (!is_through) return kInterrupted;
  return GoBack(rig, before, {updated.number, nodes}, std::move(seen));
}

Result<Ended> UpdateSurvivesPowerCutsInItsFirstBoots(const Rig& rig) {
  if (!MayUpdateRunningNodes(rig)) return kCompatible;
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  ZPROV_ASSIGN(const auto updated, MakeGeneration(rig, nodes));
  ZPROV_ASSIGN(const auto updated_looks, LookAtNodes(rig));
  Seen seen;
  ZPROV_ASSIGN(const auto cuts, CutFirstBoots(rig, nodes, seen));
  if (!cuts) return kInterrupted;
  seen.summary = fmt::format("generation {}, cut: {}", updated.number, Join(cuts->where, ", "));
  ZPROV_TRY(JudgeReturns(rig, updated_looks, {nodes, cuts->back}, seen));
  return GoBack(rig, before, {updated.number, cuts->back}, std::move(seen));
}

Result<Ended> NodesRebootIntoAnUpdateAndGoBack(const Rig& rig) {
  if (!MayUpdateRunningNodes(rig)) return kCompatible;
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  const engine::UpdateRequest request{.nodes = nodes, .holder = rig.holder};
  // It reboots the nodes at once, so what it made is noted with the first that is heard of them.
  ZPROV_ASSIGN(const int newest, NewestOf(rig));
  std::optional<Result<void>> noted;
  const auto note = [&](const engine::Snapshot&) {
    if (!noted) noted = NoteIfNext(rig, newest);
  };
  const auto renewed = engine::UpdateAndReboot(rig.system, WithoutPruning(rig.spec), request,
                                               {.notice = Ignore, .snapshot = note});
  if (noted) ZPROV_TRY(*noted);
  if (!renewed) return tl::make_unexpected(renewed.error());
  ZPROV_TRY(NoteMade(rig, renewed->updated.number));
  Seen seen{.summary = fmt::format("generation {}", renewed->updated.number)};
  if (!renewed->trouble.empty()) {
    seen.findings.push_back({Grade::kBad, rig.spec.host, renewed->trouble, "zprov status"});
  }
  Names back;
  if (!TakeBack(renewed->rebooted, back, seen)) return kInterrupted;
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, back}, seen));
  return GoBack(rig, before, {renewed->updated.number, nodes}, std::move(seen));
}

}  // namespace zprov::hil
