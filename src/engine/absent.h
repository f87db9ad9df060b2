// What nodes will not have of the source, because a snapshot leaves out other subvolumes and
// mounted file systems. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/trees.h"

namespace zprov::engine {

// One line for a person that names what may be missed; empty when nothing is. `stubs` relative to
// the source, `mounts` what is mounted below it. Not named: what a node has otherwise (the shared
// home, its boot set, a scratch file system of its own), what belongs to the store, and what is
// made anew at each start (/proc, /run, tmpfs).
std::string AbsentNotice(const spec::ClusterSpec& spec, const std::vector<std::string>& stubs,
                         const std::vector<os::Filesystem>& mounts);

}  // namespace zprov::engine
