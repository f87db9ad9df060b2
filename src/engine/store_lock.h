// The one lock of a store: whoever changes anything below it holds it.
#pragma once

#include <memory>
#include <string>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// kRefused: another zprov holds it, and the message says who; or apply has never made it.
Result<std::unique_ptr<os::Lock>> TakeStoreLock(os::System& system, const spec::ClusterSpec& spec,
                                                const std::string& holder);

}  // namespace zprov::engine
