// A node as the host sees it at one moment, with what it said of its own boot. Changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/boot_report.h"
#include "engine/boots/timeline.h"
#include "engine/liveness.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

struct NodeLook {
  const spec::Node* node;
  engine::NodeLife life;
  std::optional<int> would_get = {};                   // current pointer; nothing: it has no root
  std::optional<engine::BootTimeline> last_boot = {};  // that is over
  std::optional<engine::BootReport> report = {};       // of the boot that it runs; up nodes alone
  std::optional<int> runs = {};  // the generation of that boot, by what the host knows itself
  std::string trouble = {};      // why its report cannot be read; empty: it can, or there is none
};

// Those that should run, in the spec's order.
Result<std::vector<NodeLook>> LookAtNodes(const Rig& rig);

// What the node runs, else what it would get, as a path without symlinks; nothing: it has no root.
Result<std::optional<std::string>> RootOf(const Rig& rig, const NodeLook& look);

// "4 of 5 nodes up", for summaries.
std::string UpNodes(const std::vector<NodeLook>& looks);

}  // namespace zprov::hil
