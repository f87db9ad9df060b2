// Runs one short program to its end, for commands that a person waits for. Never in `serve`, whose
// event loop must not wait.
#pragma once

#include <string>
#include <vector>

#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// kNotFound: no such program; kFailed: it ended with an error, the message has its last words;
// kTimedOut: it did not end within 60 s and was stopped.
Result<void> RunToEnd(os::System& system, const std::vector<std::string>& argv);

}  // namespace zprov::engine
