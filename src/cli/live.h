// Asks the serve that runs, for the commands that show what it knows.
#pragma once

#include <optional>

#include "cli/command.h"
#include "engine/serve/snapshot.h"

namespace zprov::cli {

// Nothing when no serve runs, and when it does not answer: why is on stderr then.
std::optional<engine::Snapshot> AskServe(const Context& context, os::System& system);

// status --watch: until an interrupt, or serve ends.
Exit WatchServe(const Context& context, os::System& system);

}  // namespace zprov::cli
