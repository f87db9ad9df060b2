// Boards that are exchanged while the cluster runs: a node is its port's, whatever board is there.
#include "hil/plugs.h"

#include <utility>

#include "hil/cuts.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

// The looks as they would be, had each the other's board.
std::vector<NodeLook> WithEachOthersBoard(std::vector<NodeLook> looks) {
  if (looks[0].report && looks[1].report) {
    std::swap(looks[0].report->serial, looks[1].report->serial);
  }
  return looks;
}

}  // namespace

Result<Ended> ExchangedBoardsAreTheirPortsNodes(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  if (looks.size() < 2) return Skipped{"there is one node, and it takes two to be exchanged"};
  const Names two = {looks[0].node->name, looks[1].node->name};
  Seen seen{.summary = two[0] + " and " + two[1] + ", and back"};
  for (const Places places : {Places::kExchanged, Places::kOwn}) {
    ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
    ZPROV_ASSIGN(const bool is_moved, MovePlugs(rig, two, places));
    if (!is_moved) return kInterrupted;
    ZPROV_ASSIGN(const auto boots, Play(rig, two, {BootUp()}, seen));
    if (!boots) return kInterrupted;
    ZPROV_TRY(JudgeReturns(rig, WithEachOthersBoard(before), {two, boots->back}, seen));
  }
  return seen;
}

}  // namespace zprov::hil
