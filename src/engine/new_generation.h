// From "these nodes get generation 8" to a run that only has to be committed. Update and apply
// share it.
#pragma once

#include <vector>

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "engine/record.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct NewGeneration {
  int number = 0;
  std::vector<generations::Move> moves;  // to that number, all of them
  generations::Store store;              // with the generations that they come from

  bool operator==(const NewGeneration&) const = default;
};

// Builds it and syncs it; nothing points to it yet. After an error what was made is gone again, or
// unfinished where even that failed. kRefused: as BuildGeneration, or core/lint found an error in
// what was built.
Result<Run> BuildRun(os::System& system, const spec::ClusterSpec& spec, const NewGeneration& wanted,
                     const OnNotice& notice);

}  // namespace zprov::engine
