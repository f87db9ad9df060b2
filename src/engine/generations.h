// Reads the generations of a store, and writes a generation's record.
#pragma once

#include <string>
#include <vector>

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// A directory's names; none when it is not there.
Result<std::vector<std::string>> NamesOrNone(os::System& system, const std::string& directory);

// An empty store when there is none yet. kInvalid: a record that cannot be read, with what to do.
Result<generations::Store> ObserveGenerations(os::System& system, const spec::ClusterSpec& spec);

// The generation is finished, also after a power cut, when this returns. The generation itself must
// have been synced before.
Result<void> WriteRecord(os::System& system, const spec::ClusterSpec& spec,
                         const generations::Record& record);

}  // namespace zprov::engine
