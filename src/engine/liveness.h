// Is a node down? Evidence from its USB port, its link and a probe; guards decide by it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

enum class Life {
  kDown,     // its port is empty or shows the boot ROM; or a tree of files (--root); or assumed
  kBooting,  // its port shows a later stage of booting
  kUp,       // its link is there and answers
  kHung,     // its link is there and does not answer: guards take it for up
  kUnknown,  // neither USB nor links could tell
};

std::string_view Name(Life life);  // "down", "booting", "up", "hung", "unknown"

struct NodeLife {
  Life life = Life::kUnknown;
  std::string evidence;  // "port 1-1.2 shows the boot ROM"

  bool operator==(const NodeLife&) const = default;
};

// By node. Changes nothing; takes up to 3 s when a link does not answer. Nodes in `assume_down` are
// kDown without a look.
Result<std::map<std::string, NodeLife>> ObserveLives(os::System& system,
                                                     const spec::ClusterSpec& spec,
                                                     const std::set<std::string>& assume_down);

// The same at once, and so without a probe: a node whose link is there is kUp, for whatever it
// does, it is not down.
std::map<std::string, NodeLife> GlanceAtLives(os::System& system, const spec::ClusterSpec& spec,
                                              const std::set<std::string>& assume_down);

}  // namespace zprov::engine
