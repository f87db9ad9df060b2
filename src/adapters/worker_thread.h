// os::Background by one thread, which sleeps while there is nothing to do. It has the files below
// `root` to itself, through descriptors of its own.
#pragma once

#include <memory>
#include <string>

#include "adapters/event_loop.h"
#include "os/background.h"
#include "util/result.h"

namespace zprov::adapters {

// The thread begins with the first job. Errors: those of OpenHostFilesystem.
Result<std::unique_ptr<os::Background>> MakeWorkerThread(EventLoop& loop, const std::string& root);

}  // namespace zprov::adapters
