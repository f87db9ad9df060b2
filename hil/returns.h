// Nodes that left and came back: whether each is the node that it was, in another boot where it
// must be one, and whether those that nobody told anything ran on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/serve/give_order.h"
#include "hil/node_look.h"
#include "hil/scenario.h"

namespace zprov::hil {

using Names = std::vector<std::string>;

// Who waits for nodes to say something looks again after so long.
inline constexpr os::Moment kLookEvery = std::chrono::milliseconds(500);
// What a node that is up and the record of its boot have still to say, they say within so long.
inline constexpr os::Moment kSaysWithin = std::chrono::seconds(20);

// What a run that was interrupted came to is said by the run.
inline const Skipped kInterrupted{"interrupted"};

// One that was told to leave and is not there again, and why.
Finding DidNotComeBack(const std::string& node, const std::string& why);
// Of an order that failed or came too late.
std::string WhyNotBack(const engine::NodeOrdered& ordered);

Names NamesOf(const std::vector<NodeLook>& looks);

// Whether a node that ran before runs the same boot still.
bool RunsOn(const NodeLook& before, const NodeLook& after);

// In which boot one that left must be when it is back.
enum class InBoot {
  kAnother,
  kAny,  // also in the same, as whoever has power while its plug is out; then its root must answer
};

// Who was told to leave, and who of them came back: why another did not is said already.
struct Left {
  const Names& told;
  const Names& back;
  InBoot in = InBoot::kAnother;
};

// Of those that came back whether they are as they were `before`, of those that were told nothing
// whether they ran on. Waits a while for what a node and its boot's record have still to say.
Result<void> JudgeReturns(const Rig& rig, const std::vector<NodeLook>& before, const Left& left,
                          Seen& seen);

}  // namespace zprov::hil
