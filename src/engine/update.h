// A new generation for some or all nodes (the procedure's supdate), going back to the one before,
// and removing old ones. Each takes the store's lock and first finishes what an interrupted run
// left.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct UpdateRequest {
  std::vector<std::string> nodes = {};  // empty: all of the spec
  bool if_changed = false;              // keep the generation when its content would be the same
  bool skip_up = false;                 // leave out nodes that are up (compatible mode)
  std::set<std::string> assume_down = {};
  std::string holder = {};  // who holds the lock: "zprov update, pid 4711, since …"
};

struct Updated {
  int number = 0;  // the new generation; 0: nothing was made
  std::string kernel = {};
  std::vector<generations::Move> moved = {};  // by node, in spec order
  // "s3 is up (its link s3 answers)": who was to be left out, or came up while the pointers moved.
  std::vector<std::string> skipped = {};
  std::vector<std::string> at_next_boot = {};  // nodes that keep running their old one until then
  std::vector<generations::NodeGeneration> pruned = {};

  bool operator==(const Updated&) const = default;
};

// kRefused, with everything as before: what was built would not boot (core/lint), or a node came up
// while it was built (compatible mode). kRefused, before
// anything changes: a node is up (compatible mode), unknown, or not in the spec;
// the lock is held; metadata nearly full; dpkg or apt is at work on the source; no kernel; the host
// was never applied to.
Result<Updated> Update(os::System& system, const spec::ClusterSpec& spec,
                       const UpdateRequest& request, const OnNotice& notice);

struct RollbackRequest {
  std::vector<std::string> nodes = {};  // empty: all that have a pointer
  std::set<std::string> assume_down = {};
  std::string holder = {};
};

struct RolledBack {
  std::vector<generations::Move> moved = {};
  std::vector<std::string> at_next_boot = {};

  bool operator==(const RolledBack&) const = default;
};

// kRefused: a node has no generation before its current one; the same guards as Update's. kBusy: a
// node came up while the pointers moved and keeps its generation (compatible mode); the others went
// back.
Result<RolledBack> Rollback(os::System& system, const spec::ClusterSpec& spec,
                            const RollbackRequest& request, const OnNotice& notice);

struct PruneRequest {
  std::optional<int> keep = {};  // nothing: the spec's prune_keep
  std::set<std::string> assume_down = {};
  std::string holder = {};
};

Result<generations::Pruning> Prune(os::System& system, const spec::ClusterSpec& spec,
                                   const PruneRequest& request, const OnNotice& notice);

}  // namespace zprov::engine
