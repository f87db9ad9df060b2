// update --reboot: the nodes run what they are given at once.
//
// Natively the pointers move first, and then each node that runs its old generation is rebooted by
// itself, with its own deadline. Compatibly a node must be down before anything moves: all that run
// are rebooted and held in their boot ROM, the pointers move, and the hold ends.
#pragma once

#include <string>
#include <vector>

#include "engine/serve/give_order.h"
#include "engine/update.h"

namespace zprov::engine {

struct Renewed {
  Updated updated;
  std::vector<NodeOrdered> rebooted = {};  // those that ran, in the spec's order
  std::vector<std::string> warnings = {};
  // The generation is made, and this is why its nodes were not rebooted after all; empty: they were
  // told, or none had to be.
  std::string trouble = {};
};

struct RenewalNews {
  const OnNotice& notice;
  const OnSnapshotNews& snapshot;
};

// After an error nothing has moved: those of Update; those of Client::OfServeOrHere (who cannot
// reboot nodes makes no generation for them); kRefused, compatibly: a node that runs did not come
// to its boot ROM; the hold has ended, and the message names it.
Result<Renewed> UpdateAndReboot(os::System& system, const spec::ClusterSpec& spec,
                                const UpdateRequest& request, const RenewalNews& news);

}  // namespace zprov::engine
