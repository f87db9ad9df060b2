#include "adapters/usb_devices.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace zprov::adapters {
namespace {

struct UsbRow {
  int code;
  ErrorKind kind;
  std::string_view sentence;
};

constexpr std::string_view kNoInterface =
    "the device has no such interface: look at its configuration";

constexpr std::array kUsbRows = {
    UsbRow{LIBUSB_ERROR_ACCESS, ErrorKind::kPermission, "the kernel denied it: run this as root"},
    UsbRow{LIBUSB_ERROR_NOT_SUPPORTED, ErrorKind::kNotSupported,
           "this kernel has no USB: load the host controller's driver, or use a host that has USB "
           "ports"},
    UsbRow{LIBUSB_ERROR_NO_DEVICE, ErrorKind::kGone, "the device left: open it when it is back"},
    UsbRow{LIBUSB_ERROR_BUSY, ErrorKind::kBusy,
           "another program has it: stop that program (rpiboot?) and try again"},
    UsbRow{LIBUSB_ERROR_INVALID_PARAM, ErrorKind::kNotFound, kNoInterface},
    UsbRow{LIBUSB_ERROR_NOT_FOUND, ErrorKind::kNotFound, kNoInterface},
    UsbRow{LIBUSB_ERROR_NO_MEM, ErrorKind::kNoSpace,
           "the kernel has no memory left for transfers: submit it again when one has completed"},
    UsbRow{LIBUSB_ERROR_PIPE, ErrorKind::kNotSupported,
           "the device refused it: it cannot do that, use another one that can"},
    UsbRow{LIBUSB_ERROR_TIMEOUT, ErrorKind::kTimedOut,
           "no answer in time: unplug it and plug it in"},
};

struct FreeList {
  void operator()(libusb_device** list) const { libusb_free_device_list(list, 1); }
};

}  // namespace

tl::unexpected<Error> FailUsb(std::string_view doing, int code) {
  for (const UsbRow& row : kUsbRows) {
    if (row.code == code) return While(doing, Error{row.kind, std::string(row.sentence)});
  }
  return Fail(ErrorKind::kIo, std::string(doing) + ": " + libusb_error_name(code) +
                                  ": look at the kernel's log (dmesg)");
}

Result<UsbContext> StartUsb() {
  // libusb itself takes a kernel without USB for a bus without devices.
  if (::access("/sys/bus/usb", F_OK) != 0) {
    return FailUsb("look at the USB bus", LIBUSB_ERROR_NOT_SUPPORTED);
  }
  libusb_context* started = nullptr;
  const int failed = libusb_init(&started);
  if (failed != 0) return FailUsb("start libusb", failed);
  return UsbContext(started);
}

std::optional<SeenUsbDevice> SeeUsb(libusb_device* device) {
  PortPath port{libusb_get_bus_number(device), {}};
  const int depth =
      libusb_get_port_numbers(device, port.ports.data(), static_cast<int>(port.ports.size()));
  libusb_device_descriptor descriptor;
  if (depth < 0 || libusb_get_device_descriptor(device, &descriptor) != 0) return std::nullopt;
  SeenUsbDevice seen;
  seen.device.reset(libusb_ref_device(device));
  std::fill(port.ports.begin() + depth, port.ports.end(), uint8_t{0});  // libusb works there
  seen.shown.port = port;
  seen.shown.vendor = descriptor.idVendor;
  seen.shown.product = descriptor.idProduct;
  seen.shown.serial_index = descriptor.iSerialNumber;
  seen.shown.device_class = descriptor.bDeviceClass;
  return seen;
}

Result<std::vector<SeenUsbDevice>> ListUsb(libusb_context* context) {
  libusb_device** raw = nullptr;
  const ssize_t count = libusb_get_device_list(context, &raw);
  if (count < 0) return FailUsb("list the USB devices", static_cast<int>(count));
  const std::unique_ptr<libusb_device*, FreeList> list(raw);
  std::vector<SeenUsbDevice> devices;
  for (ssize_t i = 0; i < count; ++i) {
    if (auto seen = SeeUsb(list.get()[i])) devices.push_back(*std::move(seen));
  }
  std::sort(devices.begin(), devices.end(),
            [](const auto& a, const auto& b) { return a.shown.port < b.shown.port; });
  return devices;
}

}  // namespace zprov::adapters
