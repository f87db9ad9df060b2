#include "adapters/libusb.h"

#include <libusb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace zprov::adapters {
namespace {

constexpr int kMaxDepth = 7;  // ports from the root hub down, USB 2.0

struct Row {
  int code;
  ErrorKind kind;
  std::string_view sentence;
};

// The one table from libusb's codes to kinds.
constexpr std::array kRows = {
    Row{LIBUSB_ERROR_ACCESS, ErrorKind::kPermission, "the kernel denied it: run this as root"},
    Row{LIBUSB_ERROR_NOT_SUPPORTED, ErrorKind::kNotSupported,
        "this kernel has no USB: load the host controller's driver, or use a host that has USB "
        "ports"},
};

tl::unexpected<Error> FailUsb(std::string_view doing, int code) {
  for (const Row& row : kRows) {
    if (row.code == code) return While(doing, Error{row.kind, std::string(row.sentence)});
  }
  return Fail(ErrorKind::kIo, std::string(doing) + ": " + libusb_error_name(code) +
                                  ": look at the kernel's log (dmesg)");
}

struct Exit {
  void operator()(libusb_context* context) const { libusb_exit(context); }
};

struct FreeList {
  void operator()(libusb_device** list) const { libusb_free_device_list(list, 1); }
};

// Nothing for a root hub, and for a device that left while we looked.
std::optional<os::UsbDevice> Describe(libusb_device* device) {
  std::array<uint8_t, kMaxDepth> ports;
  const int depth = libusb_get_port_numbers(device, ports.data(), kMaxDepth);
  libusb_device_descriptor descriptor;
  if (depth <= 0 || libusb_get_device_descriptor(device, &descriptor) != 0) return std::nullopt;
  os::UsbDevice found;
  found.port.bus = libusb_get_bus_number(device);
  found.port.ports.assign(ports.begin(), ports.begin() + depth);
  found.vendor = descriptor.idVendor;
  found.product = descriptor.idProduct;
  found.serial_index = descriptor.iSerialNumber;
  found.device_class = descriptor.bDeviceClass;
  return found;
}

class Libusb final : public os::UsbBus {
 public:
  Result<std::vector<os::UsbDevice>> Devices() override {
    // libusb itself takes a kernel without USB for a bus without devices.
    if (::access("/sys/bus/usb", F_OK) != 0) {
      return FailUsb("look at the USB bus", LIBUSB_ERROR_NOT_SUPPORTED);
    }
    libusb_context* started = nullptr;
    const int failed = libusb_init(&started);
    if (failed != 0) return FailUsb("start libusb", failed);
    const std::unique_ptr<libusb_context, Exit> context(started);
    libusb_device** raw = nullptr;
    const ssize_t count = libusb_get_device_list(context.get(), &raw);
    if (count < 0) return FailUsb("list the USB devices", static_cast<int>(count));
    const std::unique_ptr<libusb_device*, FreeList> list(raw);
    std::vector<os::UsbDevice> devices;
    for (ssize_t i = 0; i < count; ++i) {
      if (auto device = Describe(list.get()[i])) devices.push_back(*std::move(device));
    }
    std::sort(devices.begin(), devices.end(),
              [](const auto& a, const auto& b) { return a.port < b.port; });
    return devices;
  }
};

}  // namespace

std::unique_ptr<os::UsbBus> MakeLibusb() { return std::make_unique<Libusb>(); }

}  // namespace zprov::adapters
