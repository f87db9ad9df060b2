// The simulated bus as a world for the contract.
#include "contract/usb_world.h"
#include "sim/clock.h"
#include "sim/events.h"

namespace zprov::tests {
namespace {

class SimUsbWorld final : public UsbWorld {
 public:
  explicit SimUsbWorld(sim::UsbBus::Kernel kernel) : bus_(queue_, kernel) {}
  os::UsbBus& bus() override { return bus_; }
  os::Clock& clock() override { return clock_; }
  os::Events& events() override { return events_; }
  void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function) override {
    bus_.Plug(device, std::move(function));
  }
  void Unplug(const PortPath& port) override { bus_.Unplug(port); }
  void HoldInterface(const PortPath& port, uint8_t interface_number) override {
    bus_.HoldInterface(port, interface_number);
  }
  void SetHubPower(const PortPath& hub, sim::HubPower power) override {
    bus_.SetHubPower(hub, power);
  }
  int PowerCuts(const PortPath& port) override { return bus_.PowerCuts(port); }

 private:
  sim::VirtualClock clock_;
  sim::EventQueue queue_{clock_};
  sim::Events events_{queue_};
  sim::UsbBus bus_;
};

std::unique_ptr<UsbWorld> Make(sim::UsbBus::Kernel kernel) {
  return std::make_unique<SimUsbWorld>(kernel);
}

}  // namespace

UsbWorldRow SimUsbWorlds() {
  using Kernel = sim::UsbBus::Kernel;
  return {"Sim", "", [] { return true; }, [] { return Make(Kernel::kWithUsb); },
          [] { return Make(Kernel::kWithoutUsb); }};
}

}  // namespace zprov::tests
