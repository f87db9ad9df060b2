// A process whose work ends with it, whatever ends it.
#pragma once

#include <functional>

#include "util/result.h"

namespace zprov::vm {

// Does `work` in a child in a pid namespace of its own, whose first process it is: whatever it
// started is killed when it ends, or when this process does, kill -9 included, or at SIGINT and
// SIGTERM. Its exit code; 0 after a signal. kPermission: only root may.
Result<int> LeadNamespace(const std::function<int()>& work);

}  // namespace zprov::vm
