// Moves the nodes' pointers to other generations: all of a run's, or none. The one place where a
// generation becomes what nodes boot.
//
//   1. run.json names the record and every pointer's target, and is synced: from here on the run is
//      carried out to its end, by whoever takes the lock next (Recover)
//   2. the record makes the generation a finished one
//   3. the new roots are exported beside the old ones
//   4. the pointers move; one fsync of their directory
//   5. what was made by hand becomes generation 0 (engine/take_over.h), and is exported there
//   6. run.json goes
//
// Compatibly a node mounts /x/s0, and the NFS server exports what that led to when it was told
// last: who runs would lose its root in step 5. Nodes that are not down before step 4 are left out,
// and those that came until after it, when nobody can mount the old root any more, get it back.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/spec/cluster_spec.h"
#include "engine/record.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

enum class Exports {
  kNow,       // brought up to date here
  kByCaller,  // apply has a step of its own for them
};

struct Manner {
  Exports exports = Exports::kNow;
  std::set<std::string> assume_down = {};  // nodes that move whatever is seen of them
};

// Nodes that keep the root that they had, with the reason: "s1 is booting (port 1-1.3 shows …)".
using Kept = std::map<std::string, std::string>;

// What the run names must be built and synced. The store's lock is held.
Result<Kept> Commit(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                    const Manner& manner);

// Carries out a run that was interrupted after its step 1, but for nodes that run meanwhile: those
// stay where their pointer was found, or go back from half way. Nothing to do when there is none.
// The store's lock is held. kInvalid: run.json cannot be read, with what to do.
Result<void> Recover(os::System& system, const spec::ClusterSpec& spec);

// The run that Recover would carry out; nothing when there is none.
Result<std::optional<Run>> InterruptedRun(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::engine
