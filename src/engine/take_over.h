// The fixed names of a node, /x/s0 and compatibly /x/sboot/PORT, lead to whatever its pointer
// names. What a hand put there before is kept: it becomes the node's generation 0 itself.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// The node's pointer names a generation of zprov's own, or generation 0 after an earlier call. What
// a hand made changes places with what its name becomes in one act (RENAME_EXCHANGE), so the name
// always leads to a whole tree; then it moves to generation 0, a plain directory by copy. Can be
// repeated after a cut anywhere. kBusy: it is a mount point.
// True when the node's root became, by this call, one of generation 0.
Result<bool> TakeOver(os::System& system, const spec::ClusterSpec& spec, const std::string& node);

}  // namespace zprov::engine
