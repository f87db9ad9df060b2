// Scripts of power that nodes go through together, and who came back; those in which it goes in the
// middle of a boot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hil/conduct.h"
#include "hil/returns.h"
#include "hil/rig.h"
#include "hil/scenario.h"
#include "util/result.h"

namespace zprov::hil {

// It boots as far as that stage, and then it has no power. A boot ROM is held, so that it is cut
// there and not a moment later.
Script BootAndCutAt(engine::NodeState state);

// It is given power, and runs.
Script BootUp();

struct Cuts {
  Names back = {};                      // who came through all of them
  std::vector<std::string> where = {};  // "s0 at \"serving\""
};

// The scripts, one after another, each by all nodes at once; who is given up in one is a finding,
// and out. Nothing: it was interrupted.
Result<std::optional<Cuts>> Play(const Rig& rig, const Names& nodes,
                                 const std::vector<Script>& scripts, Seen& seen);

}  // namespace zprov::hil
