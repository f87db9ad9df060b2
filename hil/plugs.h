// Boards that change places, and plugs that are pulled and put in again, as rig.toml says it is
// done: by a program, behind which may be somebody's hands.
#pragma once

#include <string>

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

// Its plug is out when this returns, and another that the run's note says is out is in again. It
// stands in that note before anybody touches it. kFailed, kTimedOut: it may be in or out;
// kNotFound, kPermission: there is no such program, and nobody touched it. The rig has
// Capability::kPull, as for the next.
Result<void> PullPlug(const Rig& rig, const std::string& node);

// The plug is in that the run's note says may be out, and no more noted. Whose it is; empty:
// nobody's was. kFailed, kTimedOut: it may be out.
Result<std::string> PutPlugIn(const Rig& rig);

}  // namespace zprov::hil
