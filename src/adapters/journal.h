// What this host's journal says of its present boot, kernel and services, as journalctl prints it.
#pragma once

#include <string>
#include <vector>

#include "util/result.h"

namespace zprov::adapters {

// Lines as `journalctl --output=short-monotonic` has them ("[ 123.456789] snail kernel: …", seconds
// of CLOCK_MONOTONIC), the last 100 000. Errors as ReadOutput.
Result<std::string> ReadJournal();

// What the program says on stdout, for who has no world open: nothing else happens meanwhile.
// kNotFound: no such program; kFailed: it ended with an error, or SIGINT or SIGTERM came;
// kTimedOut: it took longer than two minutes. It runs no more then.
Result<std::string> ReadOutput(const std::vector<std::string>& argv);

}  // namespace zprov::adapters
