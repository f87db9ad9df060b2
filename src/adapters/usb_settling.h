// Devices that are on the bus and not yet configured.
//
// The kernel says that a device is there before it configures it. Until that is done the device has
// no interface to claim, and whoever opens its file waits: up to 5 s when the device does not
// answer (Linux 6.1: usb_new_device, usbdev_open and usb_set_configuration in drivers/usb/core,
// USB_CTRL_SET_TIMEOUT). udev's rules mostly take longer than that, but on one busy core they need
// not.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>

#include "adapters/event_loop.h"
#include "adapters/usb_devices.h"

namespace zprov::adapters {

class UsbSettling {
 public:
  // The kernel has given up by then.
  static constexpr std::chrono::seconds kPatience{6};

  // Calls `settled` for each device as soon as it is configured, or `patience` after it came.
  UsbSettling(EventLoop& loop, std::chrono::nanoseconds patience,
              std::function<void(SeenUsbDevice)> settled);

  // Calls `settled` before it returns when there is nothing to wait for. A device that is waited
  // for already is ignored.
  void Await(SeenUsbDevice seen);
  // It left.
  void Forget(libusb_device* device);

 private:
  struct Unsettled {
    SeenUsbDevice seen;
    std::chrono::steady_clock::time_point until;
  };
  void Look();
  void LookSoon();

  EventLoop& loop_;
  std::chrono::nanoseconds patience_;
  std::function<void(SeenUsbDevice)> settled_;
  std::map<libusb_device*, Unsettled> unsettled_;
  std::unique_ptr<Watch> next_look_;
};

}  // namespace zprov::adapters
