// Runs one program to its end, for commands that a person waits for. Never in `serve`, whose event
// loop must not wait.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct Program {
  std::vector<std::string> argv;
  std::string root = {};              // directory that is its "/"; empty: the host's own
  std::chrono::seconds deadline{60};  // exportfs and systemctl take seconds at most
};

// Says now and then that it is still at work. kNotFound: no such program; kFailed: it ended with an
// error, or SIGINT or SIGTERM came and it was stopped: the message has its last words; kTimedOut:
// it did not end in time and was stopped. With a root also what os::Processes::StartIn says.
Result<void> RunToEnd(os::System& system, const Program& program, const OnNotice& notice);

// The same, within 60 s and without a word in between.
Result<void> RunToEnd(os::System& system, const std::vector<std::string>& argv);

// The same as the first, and all that it said on stdout.
Result<std::string> OutputOf(os::System& system, const Program& program, const OnNotice& notice);

}  // namespace zprov::engine
