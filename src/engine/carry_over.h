// From a node's previous root to its next one: what the spec keeps, and what will be missed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/roots.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// What the node itself wrote in its root after `since_ns`, its record's made_ns; nothing: told by
// the files that its maker wrote last. Without what the spec keeps and what nobody misses. The ten
// largest are named. No walk through a root that nobody wrote in since NoteUnwritten.
Result<os::Changes> WrittenIn(os::System& system, const spec::ClusterSpec& spec,
                              const std::string& root, std::optional<int64_t> since_ns);

struct CarryOverOrder {
  std::string node;
  std::string previous;            // its root until now
  std::optional<int64_t> made_ns;  // when that was made; nothing: a root made by hand
  int number = 0;                  // the generation whose root it gets
};

// The spec's update_keep of the previous root replace what the new root has there; one notice says
// what else the node wrote and will no longer see. A previous root that is gone is a notice.
Result<void> CarryOver(os::System& system, const spec::ClusterSpec& spec,
                       const CarryOverOrder& order, const OnNotice& notice);

// Notes, after the sync that ends a build, which transaction was the last in the new roots of these
// nodes: a root without a later one is as it was made, and nobody has to walk through it to see.
Result<void> NoteUnwritten(os::System& system, const spec::ClusterSpec& spec, int number,
                           const std::vector<std::string>& nodes);

}  // namespace zprov::engine
