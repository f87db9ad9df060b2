// Power that goes while a node boots, in each stage that a boot has.
#include <fmt/format.h>

#include "hil/conduct.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using engine::NodeState;
using Kind = Act::Kind;

// The scripts are played one after another, each by all nodes at once.
Result<Ended> CutAndJudge(const Rig& rig, const std::vector<Script>& scripts) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names nodes = NamesOf(before);
  Names on_stage = nodes;
  Seen seen;
  std::vector<std::string> cuts;
  for (const Script& script : scripts) {
    ZPROV_ASSIGN(const auto parts, Conduct(rig, on_stage, script));
    if (!parts) return kInterrupted;
    on_stage.clear();
    for (const Part& part : *parts) {
      if (part.trouble.empty()) on_stage.push_back(part.node);
      if (part.was_cut_at) {
        cuts.push_back(fmt::format("{} at \"{}\"", part.node, engine::Name(*part.was_cut_at)));
      }
      if (part.trouble.empty()) continue;
      seen.findings.push_back(DidNotComeBack(part.node, part.trouble));
    }
  }
  seen.summary = "cut: " + Join(cuts, ", ");
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, on_stage}, seen));
  return seen;
}

Result<Ended> CutAt(const Rig& rig, NodeState state) {
  return CutAndJudge(rig, {{.acts = {{Kind::kOff},
                                     {Kind::kOn},
                                     {Kind::kReach, state},
                                     {Kind::kOff},
                                     {Kind::kOn},
                                     {Kind::kReach}}}});
}

}  // namespace

// Held, so that it is cut there and not a moment later.
Result<Ended> PowerGoesInTheBootRom(const Rig& rig) {
  return CutAndJudge(
      rig, {{.acts = {{Kind::kOff}, {Kind::kOn}, {Kind::kReach, NodeState::kRom}, {Kind::kOff}},
             .boots = Script::Boots::kHeld},
            {.acts = {{Kind::kOn}, {Kind::kReach}}}});
}

Result<Ended> PowerGoesInTheFirstStage(const Rig& rig) {
  return CutAt(rig, NodeState::kFirstStageSent);
}
Result<Ended> PowerGoesWhileFilesAreServed(const Rig& rig) {
  return CutAt(rig, NodeState::kServing);
}
Result<Ended> PowerGoesWhileTheKernelStarts(const Rig& rig) {
  return CutAt(rig, NodeState::kServed);
}
Result<Ended> PowerGoesBeforeTheNodeIsHealthy(const Rig& rig) {
  return CutAt(rig, NodeState::kMounted);
}

}  // namespace zprov::hil
