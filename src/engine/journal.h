// One record per run of apply, in the store: written and synced before the first step, removed
// after the last one is synced. Steps converge by themselves (observe, diff); the record keeps only
// what cannot be seen afterwards: that a move of /home is ours, and which programs were still to
// run.
#pragma once

#include <optional>
#include <string>

#include "core/plan/observed.h"
#include "core/plan/step.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Nothing when no run was interrupted. kInvalid: the record cannot be read; the message says what
// to do.
Result<std::optional<plan::Interrupted>> ReadJournal(os::System& system, const std::string& path);

// The record is on disk, and found after a power cut, when this returns.
Result<void> WriteJournal(os::System& system, const std::string& path, const plan::Plan& plan);

// The run is over, also after a power cut, when this returns.
Result<void> CloseJournal(os::System& system, const std::string& path);

}  // namespace zprov::engine
