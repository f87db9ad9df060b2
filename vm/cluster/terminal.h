// A person's terminal at a machine's serial line.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::vm {

// Carries keys and characters between stdin, stdout and that Unix socket until either ends, or
// Ctrl-] is typed. kFailed: nobody listens there.
Result<void> AttachTerminal(const std::string& socket);

}  // namespace zprov::vm
