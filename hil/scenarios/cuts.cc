// Power that goes while a node boots, in each stage that a boot has.
#include "hil/cuts.h"

#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using engine::NodeState;

Result<Ended> CutAndJudge(const Rig& rig, NodeState state) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  Seen seen;
  ZPROV_ASSIGN(const auto cuts, Play(rig, nodes, {BootAndCutAt(state), BootUp()}, seen));
  if (!cuts) return kInterrupted;
  seen.summary = "cut: " + Join(cuts->where, ", ");
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, cuts->back}, seen));
  return seen;
}

}  // namespace

Result<Ended> PowerGoesInTheBootRom(const Rig& rig) { return CutAndJudge(rig, NodeState::kRom); }
Result<Ended> PowerGoesInTheFirstStage(const Rig& rig) {
  return CutAndJudge(rig, NodeState::kFirstStageSent);
}
Result<Ended> PowerGoesWhileFilesAreServed(const Rig& rig) {
  return CutAndJudge(rig, NodeState::kServing);
}
Result<Ended> PowerGoesWhileTheKernelStarts(const Rig& rig) {
  return CutAndJudge(rig, NodeState::kServed);
}
Result<Ended> PowerGoesBeforeTheNodeIsHealthy(const Rig& rig) {
  return CutAndJudge(rig, NodeState::kMounted);
}

}  // namespace zprov::hil
