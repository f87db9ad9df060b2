// A USB tree to test os::UsbBus in: the simulator's, or a mocked sysfs and usbfs in front of the
// real libusb. What a board does is the same object in both.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"
#include "sim/usb.h"
#include "sim/usb_function.h"

namespace zprov::tests {

class UsbWorld {
 public:
  virtual ~UsbWorld() = default;
  virtual os::UsbBus& bus() = 0;
  virtual os::Clock& clock() = 0;
  virtual os::Events& events() = 0;

  // The hubs above it must be plugged in before. What sat on that port before has left. Without a
  // function it has no interface and stalls whatever is asked. The real bus asks the function from
  // another thread.
  virtual void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function) = 0;
  virtual void Unplug(const PortPath& port) = 0;

  // Another program has that interface of the device at `port`.
  virtual void HoldInterface(const PortPath& port, uint8_t interface_number) = 0;
  // What the hub, which is plugged in, can do: kNone or kPerPort.
  virtual void SetHubPower(const PortPath& hub, sim::HubPower power) = 0;
  // How often that port's power was cut.
  virtual int PowerCuts(const PortPath& port) = 0;
};

struct UsbWorldRow {
  std::string name;
  std::string needs;
  bool (*can_make)();
  std::unique_ptr<UsbWorld> (*make)();
  std::unique_ptr<UsbWorld> (*make_without_usb)();
};

inline void PrintTo(const UsbWorldRow& row, std::ostream* stream) { *stream << row.name; }

UsbWorldRow SimUsbWorlds();
UsbWorldRow RealUsbWorlds();

// Rows Sim and Real.
inline std::vector<UsbWorldRow> UsbWorlds() { return {SimUsbWorlds(), RealUsbWorlds()}; }

}  // namespace zprov::tests
