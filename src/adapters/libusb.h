// os::UsbBus by libusb 1.0.
#pragma once

#include <memory>

#include "adapters/event_loop.h"
#include "os/usb_bus.h"

namespace zprov::adapters {

// libusb starts when it is first needed, so a host without USB can do all that needs none. Each
// Devices() looks at the bus anew, with a libusb of its own. `loop` must outlive the bus.
std::unique_ptr<os::UsbBus> MakeLibusb(EventLoop& loop);

}  // namespace zprov::adapters
