#include "hil/cuts.h"

#include <fmt/format.h>

namespace zprov::hil {

using engine::NodeState;
using Kind = Act::Kind;

Script BootAndCutAt(NodeState state) {
  using Boots = Script::Boots;
  return {.acts = {{Kind::kOff}, {Kind::kOn}, {Kind::kReach, state}, {Kind::kOff}},
          .boots = state == NodeState::kRom ? Boots::kHeld : Boots::kBooted};
}

Script BootUp() { return {.acts = {{Kind::kOn}, {Kind::kReach}}}; }

Result<std::optional<Cuts>> Play(const Rig& rig, const Names& nodes,
                                 const std::vector<Script>& scripts, Seen& seen) {
  Cuts cuts{.back = nodes};
  for (const Script& script : scripts) {
    ZPROV_ASSIGN(const auto parts, Conduct(rig, cuts.back, script));
    if (!parts) return std::nullopt;
    cuts.back.clear();
    for (const Part& part : *parts) {
      if (part.was_cut_at) {
        cuts.where.push_back(
            fmt::format("{} at \"{}\"", part.node, engine::Name(*part.was_cut_at)));
      }
      if (part.trouble.empty()) {
        cuts.back.push_back(part.node);
      } else {
        seen.findings.push_back(DidNotComeBack(part.node, part.trouble));
      }
    }
  }
  return cuts;
}

}  // namespace zprov::hil
