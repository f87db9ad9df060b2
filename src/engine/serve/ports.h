// Who talks to the boards: one zprov at a time, and never beside rpiboot.
#pragma once

#include <memory>
#include <string>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// In the compatible mode the spec may leave the booting to rpiboot.
bool LeavesBootingToRpiboot(const spec::ClusterSpec& spec);

// The ports are ours while the lock lives. kRefused, with what to do: the spec leaves booting to
// rpiboot; rpiboot runs; another zprov has the ports (the message says who); apply was never run;
// the world is only a tree of files.
Result<std::unique_ptr<os::Lock>> TakePorts(os::System& system, const spec::ClusterSpec& spec,
                                            const std::string& holder);

}  // namespace zprov::engine
