// A USB tree to test os::UsbBus in: the simulator's, or a mocked sysfs in front of the real libusb.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "os/usb_bus.h"

namespace zprov::tests {

class UsbWorld {
 public:
  virtual ~UsbWorld() = default;
  virtual os::UsbBus& bus() = 0;
  // The hubs above it must be plugged in before. What sat on that port before has left.
  virtual void Plug(const os::UsbDevice& device) = 0;
  virtual void Unplug(const PortPath& port) = 0;
};

struct UsbWorldRow {
  std::string name;
  std::string needs;
  bool (*can_make)();
  std::unique_ptr<UsbWorld> (*make)();
  std::unique_ptr<UsbWorld> (*make_without_usb)();
};

inline void PrintTo(const UsbWorldRow& row, std::ostream* stream) { *stream << row.name; }

// Rows Sim and Real.
std::vector<UsbWorldRow> UsbWorlds();

}  // namespace zprov::tests
