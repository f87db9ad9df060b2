// The clusters that the render tests speak of, and the golden files they are compared with.
#pragma once

#include <string>
#include <variant>

#include "core/render/managed_files.h"
#include "core/spec/cluster_spec.h"

namespace zprov::render {

// The procedure's own cluster, as fixtures/seed/cluster.toml has it.
spec::ClusterSpec SeedCluster();

// N nodes s0, s1, … as `zprov init --mode compatible` writes them: without USB paths.
spec::ClusterSpec CompatibleCluster(int nodes);

// Five nodes on a B+ with a hub on its first socket: two behind that hub, three on the other
// sockets (src/core/usbboot/README.md, "A Zero").
spec::ClusterSpec NativeCluster();

// The file `name`, which must be there.
ManagedFile FileNamed(const spec::ClusterSpec& spec, const std::string& name);

// True when some file of the spec has that name.
bool HasFile(const spec::ClusterSpec& spec, const std::string& name,
             const HostFacts& facts = HostFacts::Everything());

std::string Content(const spec::ClusterSpec& spec, const std::string& name);

// The bytes of a file in the source tree ("fixtures/seed/hosts").
std::string SourceFile(const std::string& path);

}  // namespace zprov::render
