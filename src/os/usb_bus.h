// The USB tree of the host, keyed by port path: a board has no other identity before Linux runs
// (src/core/usbboot/README.md). What happens on it comes as os::Event: UsbArrived, UsbLeft,
// UsbCompleted.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
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

using UsbHandle = uint64_t;      // a device that we opened; never given twice
using UsbTransferId = uint64_t;  // never given twice

struct UsbOpened {
  UsbHandle handle = 0;
  // The active configuration's descriptor with all behind it, as the device sent it: foreign bytes,
  // possibly fewer than they announce.
  std::string configuration;
};

// A vendor request without data.
struct ControlOut {
  uint8_t request_type = 0;
  uint8_t request = 0;
  uint16_t value = 0;
  uint16_t index = 0;

  bool operator==(const ControlOut&) const = default;
};

// A request, a hub's own too, that asks for `length` bytes; the device may send fewer.
struct ControlIn {
  uint8_t request_type = 0;
  uint8_t request = 0;
  uint16_t value = 0;
  uint16_t index = 0;
  uint16_t length = 0;

  bool operator==(const ControlIn&) const = default;
};

struct BulkOut {
  uint8_t endpoint = 0;
  // At most kMaxBulk bytes, at least one. Not copied: valid until its UsbCompleted, or until Close
  // returns.
  std::string_view bytes;
};

struct UsbTransfer {
  std::variant<ControlOut, ControlIn, BulkOut> what;
  std::chrono::milliseconds timeout{1000};  // then UsbOutcome::kTimedOut
};

// usbfs takes what is in flight from one pool of 16 MB for all devices.
inline constexpr size_t kMaxBulk = 16 * 1024;

enum class UsbOutcome {
  kDone,
  kTimedOut,
  kStalled,    // the device refused it
  kGone,       // the device left the bus
  kCancelled,  // by Cancel or Close
  kFailed,     // anything else that the bus reports
};

class UsbBus {
 public:
  virtual ~UsbBus() = default;

  // All devices, root hubs left out, by port path. kPermission; kNotSupported when the kernel has
  // no USB.
  virtual Result<std::vector<UsbDevice>> Devices() = 0;

  // From here on arrivals and departures are events; who is there now arrives once. One arrives
  // when the kernel has configured it, or gave up. A second call changes nothing. Errors: Devices'.
  virtual Result<void> Watch() = 0;

  // The device at `port`, to talk to it. Changes nothing on the wire. kNotFound (nothing is there,
  // or it just left); kPermission; kBusy when we have it open already.
  virtual Result<UsbOpened> Open(const PortPath& port) = 0;

  // The interface is ours; a kernel driver that held it lets go. kBusy (another program has it);
  // kNotFound (no such interface); kGone (the device left, or the handle was closed).
  virtual Result<void> Claim(UsbHandle handle, uint8_t interface_number) = 0;

  // Begins a transfer; how it ended is a UsbCompleted. Transfers of one endpoint happen in the
  // order in which they were submitted, any number may wait. kGone (the device left, or the handle
  // was closed); kNoSpace (the kernel's pool for transfers is empty: submit again when one has
  // completed); kInvalid (bulk bytes empty or beyond kMaxBulk).
  virtual Result<UsbTransferId> Submit(UsbHandle handle, const UsbTransfer& transfer) = 0;

  // Its UsbCompleted comes soon: kCancelled, or what it was just before. A transfer that has
  // completed, or never was, is ignored.
  virtual void Cancel(UsbTransferId transfer) = 0;

  // Resets this one device, never a hub or a neighbour: it leaves and arrives again, as UsbLeft and
  // UsbArrived say. Returns at once. kGone.
  virtual Result<void> Reset(UsbHandle handle) = 0;

  // Ends all its transfers; no event of this handle comes any more, and the bytes of its transfers
  // are the caller's again when it returns. Unknown handles are ignored. A device that left keeps
  // its handle until it is closed.
  virtual void Close(UsbHandle handle) = 0;

  // Switches the power of one port at its hub. A hub with ganged power switches all its ports: ask
  // the spec first. kNotFound (no hub there); kNotSupported; kPermission.
  enum class PortPower { kOff, kOn };
  virtual Result<void> SetPortPower(const PortPath& port, PortPower power) = 0;
};

}  // namespace zprov::os
