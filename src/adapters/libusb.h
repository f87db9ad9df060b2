// os::UsbBus by libusb 1.0, read only: no device is opened, none is claimed.
#pragma once

#include <memory>

#include "os/usb_bus.h"

namespace zprov::adapters {

// Each Devices() looks at the bus anew, with a libusb of its own: nothing runs in between, and a
// host without USB can do all that needs none.
std::unique_ptr<os::UsbBus> MakeLibusb();

}  // namespace zprov::adapters
