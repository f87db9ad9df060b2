// Whether two generations hold the same, by content and not by time.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// The content of a generation's base and boot set as one text; empty for generation 0, which is
// compared with nothing. Reads all of it once: the answer is kept beside the base when
// the store can be written.
Result<std::string> ContentOf(os::System& system, const spec::ClusterSpec& spec, int number);

// False as soon as one of them is generation 0, unless both are.
Result<bool> HasSameContent(os::System& system, const spec::ClusterSpec& spec, int a, int b);

}  // namespace zprov::engine
