// The worlds of the contract of os::UsbBus on the machine itself.
#include "contract/usb_world.h"

namespace zprov::tests {

std::vector<UsbWorldRow> UsbWorlds() { return {SimUsbWorlds(), RealUsbWorlds()}; }

}  // namespace zprov::tests
