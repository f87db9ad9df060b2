// What `serve` tells its callers: the whole cluster at one moment. A value; how it is written on
// the socket is control_answer's.
#pragma once

#include <string>
#include <vector>

#include "engine/fleet/fleet.h"
#include "engine/fleet/node_view.h"
#include "os/clock.h"

namespace zprov::engine {

struct Snapshot {
  os::Moment at{0};                        // when it was taken, by the clock of who has it
  std::vector<NodeView> nodes = {};        // with a port, in the spec's order; without timelines
  std::vector<UnknownBoard> unknown = {};  // boards at ports that no node has
  std::vector<std::string> warnings = {};  // about links, each with the way out
  std::vector<NodeNotice> notices = {};    // since the snapshot before

  bool operator==(const Snapshot&) const = default;
};

// Without notices: they are each caller's own.
Snapshot SnapshotOf(const Fleet& fleet, os::Moment now);

}  // namespace zprov::engine
