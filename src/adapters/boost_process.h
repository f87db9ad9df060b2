// os::Processes by Boost.Process. Traps of version 1.74 that shape it are in
// src/adapters/README.md, "Traps".
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "os/processes.h"

namespace zprov::adapters {

// `loop` must outlive it. Programs that still run when it is destroyed are killed with their group.
// A program's output ends when it ends itself: what its own children write later is not heard.
std::unique_ptr<os::Processes> MakeBoostProcess(EventLoop& loop);

}  // namespace zprov::adapters
