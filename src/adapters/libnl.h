// os::Netlink by libnl-3, for the network namespace of the thread that makes it.
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "os/netlink.h"

namespace zprov::adapters {

// `loop` must outlive it. Notices of changes are events from here on. kPermission, kIo: the kernel
// gives no netlink socket.
Result<std::unique_ptr<os::Netlink>> MakeLibnl(EventLoop& loop);

}  // namespace zprov::adapters
