// os::Control by Unix stream sockets (Boost.Asio).
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "os/control.h"

namespace zprov::adapters {

std::unique_ptr<os::Control> MakeControlSocket(EventLoop& loop);

}  // namespace zprov::adapters
