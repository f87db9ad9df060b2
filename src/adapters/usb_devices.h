// What libusb knows about the bus: its context, the devices on it, and the one table from its codes
// to kinds. Nothing is opened here.
#pragma once

#include <libusb.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "os/usb_bus.h"

namespace zprov::adapters {

struct ExitUsb {
  void operator()(libusb_context* context) const { libusb_exit(context); }
};
using UsbContext = std::unique_ptr<libusb_context, ExitUsb>;

struct UnrefUsb {
  void operator()(libusb_device* device) const { libusb_unref_device(device); }
};
// One arrival of a device: the same address means the same arrival as long as somebody holds it.
using UsbDeviceRef = std::unique_ptr<libusb_device, UnrefUsb>;

struct SeenUsbDevice {
  UsbDeviceRef device;
  os::UsbDevice shown;
};

// The failure that libusb's `code` stands for, with `doing` in front of its sentence.
[[nodiscard]] tl::unexpected<Error> FailUsb(std::string_view doing, int code);

// kNotSupported when the kernel has no USB.
Result<UsbContext> StartUsb();

// All devices, root hubs too, by port path.
Result<std::vector<SeenUsbDevice>> ListUsb(libusb_context* context);

// Nothing for a device that left before libusb knew enough of it.
std::optional<SeenUsbDevice> SeeUsb(libusb_device* device);

}  // namespace zprov::adapters
