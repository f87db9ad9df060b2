// What each node runs and would get. Takes no lock and changes nothing, but for a hash of content
// that it keeps beside the generation (engine/content.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/generations/store.h"
#include "core/lint/finding.h"
#include "core/spec/cluster_spec.h"
#include "engine/boots/boot_ring.h"
#include "engine/liveness.h"
#include "os/roots.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

enum class RebootEffect {
  kNothing,  // it would get the same content again
  kChanges,  // something that it may run differs from what it would get
  kUnknown,  // nothing tells whether it runs, or it has no root
};

std::string_view Name(RebootEffect effect);  // "nothing", "changes", "unknown"

struct NodeStatus {
  std::string node = {};
  NodeLife life = {};
  std::optional<int> would_get = {};  // current pointer; nothing: the node has no root
  std::vector<int> may_run = {};      // when not down: generations it may run; one: it is known
  std::optional<generations::Record> record = {};  // of would_get
  std::vector<int> generations = {};               // all it has, ascending
  RebootEffect reboot = RebootEffect::kUnknown;
  os::Changes wrote = {};  // in the root of would_get since it was made
  KeptBoots boots = {};    // only of the one asked for
  // Likewise, and only when it is not up and its last boot failed: what is wrong now with the files
  // that it would get.
  lint::Findings boot_files = {};
};

struct ClusterStatus {
  std::vector<NodeStatus> nodes = {};  // spec order, or the one asked for
  // Titles of the steps that `plan` would show for managed files.
  std::vector<std::string> drift = {};
  std::string interrupted = {};  // what a run that did not end left to do; empty: none
  int64_t now_ns = 0;            // wall time, for ages
};

// kInvalid: a node that the spec does not have, with the nearest name.
Result<ClusterStatus> Status(os::System& system, const spec::ClusterSpec& spec,
                             const std::optional<std::string>& node);

}  // namespace zprov::engine
