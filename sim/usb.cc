#include "sim/usb.h"

namespace zprov::sim {

Result<std::vector<os::UsbDevice>> UsbBus::Devices() {
  if (kernel_ == Kernel::kWithoutUsb) {
    return Fail(ErrorKind::kNotSupported,
                "this kernel has no USB: load the host controller's driver, or use a host that has "
                "USB ports");
  }
  if (!may_read_) return Fail(ErrorKind::kPermission, "read the USB bus: try again as root");
  std::vector<os::UsbDevice> all;
  for (const auto& [port, device] : devices_) all.push_back(device);
  return all;
}

}  // namespace zprov::sim
