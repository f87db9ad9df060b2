// What stands in the way of moving /home, and what an old tree still holds.
#pragma once

#include "core/plan/diff.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

Result<plan::ObservedHome> ObserveHome(os::System& system, const plan::MoveHome& move,
                                       const plan::Wishes& wishes);

// What changed in the parked old tree since /home was switched over and is not in the new one:
// paths below the parked tree, at most 20 of them. Entries that the new tree has in a later
// version, or that were deleted from it since, do not count.
Result<std::vector<std::string>> UnsavedIn(os::System& system, const plan::MoveHome& move);

}  // namespace zprov::engine
