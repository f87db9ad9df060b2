// Boards that change places, as rig.toml says it is done: by a program, behind which may be
// somebody's hands.
#pragma once

#include "hil/returns.h"
#include "hil/rig.h"
#include "hil/run_mark.h"
#include "util/result.h"

namespace zprov::hil {

enum class Places {
  kExchanged,  // the boards of two nodes are in each other's port
  kOwn,        // each is in its own
};

// They are as `places` says when this returns, whatever they were before; who has power loses it,
// and nobody is given any. It stands in the run's note, so that one that is cut off there is put
// back. False: it was interrupted, and no plug was moved. kFailed, kTimedOut: they may be anywhere.
// The rig has Capability::kPlugs and kPower.
Result<bool> MovePlugs(const Rig& rig, const Names& two, Places places);

}  // namespace zprov::hil
