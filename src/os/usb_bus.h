// The USB tree of the host, keyed by port path: a board has no other identity before Linux runs
// (src/core/usbboot/README.md).
#pragma once

#include <cstdint>
#include <vector>

#include "util/net.h"
#include "util/result.h"

namespace zprov::os {

struct UsbDevice {
  PortPath port;
  uint16_t vendor = 0;
  uint16_t product = 0;
  uint8_t serial_index = 0;  // iSerialNumber of the device descriptor: tells a board's stage
  uint8_t device_class = 0;  // bDeviceClass; 9 is a hub

  bool operator==(const UsbDevice&) const = default;
};

class UsbBus {
 public:
  virtual ~UsbBus() = default;

  // All devices, root hubs left out, by port path. kPermission; kNotSupported when the kernel has
  // no USB.
  virtual Result<std::vector<UsbDevice>> Devices() = 0;
};

}  // namespace zprov::os
