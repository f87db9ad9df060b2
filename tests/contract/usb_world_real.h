// The mocked bus, with what only it can show: a kernel that takes its time.
#pragma once

#include <memory>

#include "contract/usb_world.h"

namespace zprov::tests {

class MockedUsb : public UsbWorld {
 public:
  // The kernel says that it is there, and has not configured it yet.
  virtual void PlugUnconfigured(const os::UsbDevice& device,
                                std::shared_ptr<sim::UsbFunction> function) = 0;
  virtual void Configure(const os::UsbDevice& device) = 0;
};

// With the root hubs 1 and 3. Needs what RealUsbWorlds() needs.
std::unique_ptr<MockedUsb> MakeMockedUsb();

}  // namespace zprov::tests
