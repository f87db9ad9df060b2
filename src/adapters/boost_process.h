// os::Processes by Boost.Process. Traps of version 1.74 that shape it are in
// src/adapters/README.md, "Traps".
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "adapters/root.h"
#include "os/processes.h"

namespace zprov::adapters {

// `loop` must outlive it. StartIn finds its directory below `root`, Start looks in the host's own
// "/". Programs that still run when it is destroyed are killed with their group.
// A program's output ends when it ends itself: what its own children write later is not heard.
std::unique_ptr<os::Processes> MakeBoostProcess(EventLoop& loop, std::shared_ptr<const Root> root);

}  // namespace zprov::adapters
