// Moves /home into its subvolume so that no byte can be lost, wherever it is cut off:
//
//   1. the subvolume is made, everything copied into it, and compared byte by byte; synced
//   2. a symlink to it waits at `incoming`
//   3. /home and the symlink change places in one act (RENAME_EXCHANGE)
//   4. the old tree, now at `incoming`, is renamed to `parked`
//   5. what was written into it since the comparison is copied, newer wins; synced
//
// Until 3 the old tree is /home and is only read; after 3 it is only renamed and read. Each call
// looks where an earlier one stopped and goes on there.
#pragma once

#include "core/plan/step.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// kBusy: files keep changing while they are copied; kRefused: a subvolume or mount lies inside.
Result<void> PerformMoveHome(os::System& system, const plan::MoveHome& move);

// kRefused: the old tree holds something changed after the move that the new one lacks.
Result<void> PerformDropOldHome(os::System& system, const plan::MoveHome& move);

}  // namespace zprov::engine
