// What a run that disturbs the rig leaves on the disk while it is under way, so that whoever starts
// after it was cut off (kill -9, a power cut) knows which nodes are to be put back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::hil {

std::string RunMarkPath(const spec::ClusterSpec& spec);  // "/x/.zprov/hil.run"

// The nodes that ran, and are to run again; it is on disk, also after a power cut, when this
// returns. kNotFound: apply was never run.
Result<void> WriteRunMark(os::System& system, const spec::ClusterSpec& spec,
                          const std::vector<std::string>& nodes);

// Nothing: no run is under way or was cut off. Nodes that the spec has no more are left out.
// kInvalid: what is there is none, and the message says what to do.
Result<std::optional<std::vector<std::string>>> ReadRunMark(os::System& system,
                                                            const spec::ClusterSpec& spec);

Result<void> RemoveRunMark(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::hil
