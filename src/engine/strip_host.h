// Takes out of a base what is the host's alone. What that is, and the text of the files that stay
// in part, are values of core/roots; this walks and removes.
#pragma once

#include "core/spec/cluster_spec.h"
#include "os/roots.h"
#include "util/result.h"

namespace zprov::engine {

// Nothing of it can reach out of `base`, whatever its symlinks say.
Result<void> StripHost(const spec::ClusterSpec& spec, os::InsideRoot& base);

// What the files that nodes share with the host say for the nodes: rc.local without the host's
// part, the network managers leave usb0 alone. A file that is not there is not made, but for the
// managers' own directories of such files.
Result<void> EditShared(const spec::ClusterSpec& spec, os::InsideRoot& base);

}  // namespace zprov::engine
