// What this host's journal says of its present boot, kernel and services, as journalctl prints it.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::adapters {

// Lines as `journalctl --output=short-monotonic` has them ("[ 123.456789] snail kernel: …", seconds
// of CLOCK_MONOTONIC), the last 100 000. kNotFound: no journalctl; kFailed.
Result<std::string> ReadJournal();

}  // namespace zprov::adapters
