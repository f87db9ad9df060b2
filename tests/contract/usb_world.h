// A USB tree to test os::UsbBus in: the simulator's, a mocked sysfs and usbfs in front of the real
// libusb, or a real kernel's in a machine of QEMU. What a board does is the same object in all.
#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"
#include "sim/usb.h"
#include "sim/usb_function.h"

namespace zprov::tests {

inline constexpr uint8_t kHubClass = 9;

// One configuration with one interface without endpoints, as USB 2.0, 9.6.3 and 9.6.5 lay it out.
inline constexpr std::string_view kPlainConfiguration{
    "\x09\x02\x12\x00\x01\x01\x00\x80\x32\x09\x04\x00\x00\x00\xff\x00\x00\x00", 18};

class UsbWorld {
 public:
  virtual ~UsbWorld() = default;
  virtual os::UsbBus& bus() = 0;
  virtual os::Clock& clock() = 0;
  virtual os::Events& events() = 0;

  // The hub that this world has to plug in.
  virtual os::UsbDevice HubAt(const PortPath& port) const {
    return {port, 0x0424, 0x9514, 0, kHubClass};
  }

  // The hubs above it must be plugged in before. What sat on that port before has left. Without a
  // function its interface has no endpoint and it stalls whatever is asked. The real bus asks the
  // function from another thread.
  virtual void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function) = 0;
  virtual void Unplug(const PortPath& port) = 0;

  // Another program has that interface of the device at `port`.
  virtual void HoldInterface(const PortPath& port, uint8_t interface_number) = 0;
  // What the hub, which is plugged in, can do: kNone or kPerPort.
  virtual void SetHubPower(const PortPath& hub, sim::HubPower power) = 0;
  // How often that port's power was cut.
  virtual int PowerCuts(const PortPath& port) = 0;
};

// What a world may be unable to show (README.md says which, and why).
enum class UsbFact {
  kTakenBytes,       // how much of a transfer was taken that did not end well
  kTooLongAnswer,    // a device that sends more than it was asked for
  kCancelOneOfMany,  // that the others of its endpoint go on
  kPowerlessHub,     // a hub that refuses to switch its ports
};

struct UsbWorldRow {
  std::string name;
  std::string needs;
  bool (*can_make)();
  std::unique_ptr<UsbWorld> (*make)();
  std::unique_ptr<UsbWorld> (*make_without_usb)();
  std::map<UsbFact, std::string> cannot = {};  // and who is to blame
};

inline void PrintTo(const UsbWorldRow& row, std::ostream* stream) { *stream << row.name; }

UsbWorldRow SimUsbWorlds();
UsbWorldRow RealUsbWorlds();
UsbWorldRow GuestUsbWorlds();

// Sim and Real; in the program for a machine of QEMU: Guest.
std::vector<UsbWorldRow> UsbWorlds();

}  // namespace zprov::tests
