// Reads the generations of a store, and writes a generation's record.
#pragma once

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// An empty store when there is none yet. kInvalid: a record that cannot be read, with what to do.
Result<generations::Store> ObserveGenerations(os::System& system, const spec::ClusterSpec& spec);

// The generation is finished, also after a power cut, when this returns. The generation itself must
// have been synced before.
Result<void> WriteRecord(os::System& system, const spec::ClusterSpec& spec,
                         const generations::Record& record);

}  // namespace zprov::engine
