// The USB tree of the simulated host: devices that a test, or a simulated board, plugs in.
#pragma once

#include <map>
#include <vector>

#include "os/usb_bus.h"

namespace zprov::sim {

class UsbBus final : public os::UsbBus {
 public:
  enum class Kernel { kWithUsb, kWithoutUsb };

  explicit UsbBus(Kernel kernel = Kernel::kWithUsb) : kernel_(kernel) {}

  // What sat on that port before is gone: a board shows itself anew at each stage.
  void Plug(const os::UsbDevice& device) { devices_[device.port] = device; }
  void Unplug(const PortPath& port) { devices_.erase(port); }

  // From here on nobody may read it.
  void DropRights() { may_read_ = false; }

  Result<std::vector<os::UsbDevice>> Devices() override;

 private:
  Kernel kernel_;
  bool may_read_ = true;
  std::map<PortPath, os::UsbDevice> devices_;
};

}  // namespace zprov::sim
