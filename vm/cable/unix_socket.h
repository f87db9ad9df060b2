// Unix sockets by their path.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::vm {

// A stream socket that listens at `path`, in place of one that did before. kInvalid: the path is
// too long; kFailed.
Result<int> ListenAt(const std::string& path);

// kInvalid, kFailed: nobody listens there.
Result<int> ConnectTo(const std::string& path);

}  // namespace zprov::vm
