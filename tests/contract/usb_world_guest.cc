// The real libusb on a real kernel's whole USB stack, in a machine of vm/cluster: usbfs, usbcore,
// hub and xhci, and udev. Only what is plugged in is ours (guest_ports.h).
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

#include "adapters/event_loop.h"
#include "adapters/fd.h"
#include "adapters/libusb.h"
#include "adapters/system_clock.h"
#include "contract/guest_ports.h"
#include "contract/usb_world.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

// What a test plugs in, at the speed that its place has (QEMU's hub is a full-speed one). Counts
// how often it was enumerated anew.
class PluggedFunction final : public sim::UsbFunction {
 public:
  PluggedFunction(std::shared_ptr<sim::UsbFunction> function, sim::UsbSpeed speed)
      : function_(std::move(function)), speed_(speed) {}

  std::string Configuration() const override {
    return function_ ? function_->Configuration() : std::string(kPlainConfiguration);
  }
  sim::UsbSpeed Speed() const override { return speed_; }
  sim::UsbReply OnControlOut(const os::ControlOut& asked) override {
    return function_ ? function_->OnControlOut(asked) : sim::UsbReply::Stall();
  }
  sim::UsbReply OnControlIn(const os::ControlIn& asked) override {
    return function_ ? function_->OnControlIn(asked) : sim::UsbReply::Stall();
  }
  sim::UsbReply OnBulkOut(uint8_t endpoint, std::string_view bytes) override {
    return function_ ? function_->OnBulkOut(endpoint, bytes) : sim::UsbReply::Stall();
  }
  void OnReset() override {
    ++resets_;
    if (function_) function_->OnReset();
  }

  int resets() const { return resets_; }

 private:
  std::shared_ptr<sim::UsbFunction> function_;
  sim::UsbSpeed speed_;
  std::atomic<int> resets_ = 0;
};

class GuestUsbWorld final : public UsbWorld {
 public:
  ~GuestUsbWorld() override { bus_.reset(); }

  os::UsbBus& bus() override { return *bus_; }
  os::Clock& clock() override { return *clock_; }
  os::Events& events() override { return *loop_; }

  // "QEMU USB Hub", as its hw/usb/dev-hub.c describes it.
  os::UsbDevice HubAt(const PortPath& port) const override {
    return {port, 0x0409, 0x55aa, 3, kHubClass};
  }

  void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function) override {
    if (device.device_class == kHubClass) {
      return ports_.PlugHub(device.port);
    }
    const bool is_behind_hub = device.port.Depth() > 1;
    auto plugged = std::make_shared<PluggedFunction>(
        std::move(function), is_behind_hub ? sim::UsbSpeed::kFull : sim::UsbSpeed::kHigh);
    plugged_[device.port] = plugged;
    ports_.Plug(device.port, {.descriptor = {.vendor = device.vendor,
                                             .product = device.product,
                                             .device_class = device.device_class,
                                             .serial_index = device.serial_index},
                              .function = plugged});
  }
  void Unplug(const PortPath& port) override {
    ports_.Unplug(port);
    plugged_.erase(port);
  }

  // As another program has it that found it free.
  void HoldInterface(const PortPath& port, uint8_t interface_number) override {
    const std::string node =
        fmt::format("/dev/bus/usb/{:03}/{:03}", std::stoi(UsbAttribute(port, "busnum")),
                    std::stoi(UsbAttribute(port, "devnum")));
    adapters::Fd& holder = holders_.emplace_back(::open(node.c_str(), O_RDWR | O_CLOEXEC));
    unsigned interface = interface_number;
    if (::ioctl(holder.number(), USBDEVFS_CLAIMINTERFACE, &interface) != 0) std::abort();
  }

  void SetHubPower(const PortPath&, sim::HubPower power) override {
    if (power != sim::HubPower::kPerPort) std::abort();  // UsbFact::kPowerlessHub
  }
  // Who lost its power is enumerated anew when it has it again; nobody else is.
  int PowerCuts(const PortPath& port) override {
    AwaitOnGuest("who lost its power", [this] {
      return std::ranges::any_of(plugged_,
                                 [](const auto& entry) { return entry.second->resets() > 0; });
    });
    return plugged_.at(port)->resets();
  }

 private:
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  GuestPorts ports_{*clock_};
  std::map<PortPath, std::shared_ptr<PluggedFunction>> plugged_;
  std::vector<adapters::Fd> holders_;
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::UsbBus> bus_ = adapters::MakeLibusb(*loop_);
};

void Must(const std::string& command) {
  if (RunShell(command).exit_code != 0) std::abort();
}

std::unique_ptr<UsbWorld> MakeGuest() {
  if (::access("/sys/bus/usb", F_OK) != 0) Must("modprobe xhci_pci && udevadm settle");
  return std::make_unique<GuestUsbWorld>();
}

// The drivers are gone, and usbcore with them, which is all that a kernel knows of USB.
std::unique_ptr<UsbWorld> MakeGuestWithoutUsb() {
  Must("modprobe -r xhci_pci && udevadm settle");
  if (::access("/sys/bus/usb", F_OK) == 0) Must("modprobe -r usbcore");
  return std::make_unique<GuestUsbWorld>();
}

}  // namespace

UsbWorldRow GuestUsbWorlds() {
  return {"Guest",
          "a machine of tests/qemu/contract",
          IsWiredGuest,
          MakeGuest,
          MakeGuestWithoutUsb,
          {{UsbFact::kTakenBytes, "QEMU's usb-redir takes for taken all that it sends on"},
           {UsbFact::kTooLongAnswer, "vm/cable cuts it to what was asked for"},
           {UsbFact::kCancelOneOfMany,
            "QEMU's xhci forgets all of an endpoint that is stopped for one of them"},
           {UsbFact::kPowerlessHub, "QEMU's hub takes the order, whatever it can do"}}};
}

std::vector<UsbWorldRow> UsbWorlds() { return {GuestUsbWorlds()}; }

}  // namespace zprov::tests
