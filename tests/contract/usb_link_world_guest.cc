// Links of usbnet on a real kernel, in a machine of vm/cluster: the gadgets of vm/cable, plugged in
// by guest_ports.h. tests/qemu/contract keeps udev and dhcpcd there from touching them.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/event_loop.h"
#include "adapters/libnl.h"
#include "adapters/system_clock.h"
#include "contract/guest_ports.h"
#include "contract/usb_link_world.h"
#include "support/shell.h"
#include "vm/cable/gadget.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;

vm::Gadget OnCable(PluggedGadget gadget) {
  switch (gadget) {
    case PluggedGadget::kGeth:
      return vm::Gadget::kGeth;
    case PluggedGadget::kEcm:
      return vm::Gadget::kEcm;
  }
  std::abort();
}

// By what sysfs says of its device, which is not how the adapter finds it. Empty: there is none.
std::string LinkAt(const PortPath& port) {
  for (const auto& interface : fs::directory_iterator("/sys/bus/usb/devices")) {
    const bool is_its_own = interface.path().filename().string().starts_with(port.ToString() + ":");
    if (!is_its_own || !fs::exists(interface.path() / "net")) continue;
    for (const auto& link : fs::directory_iterator(interface.path() / "net")) {
      return link.path().filename();
    }
  }
  return "";
}

class GuestUsbLinkWorld final : public UsbLinkWorld {
 public:
  GuestUsbLinkWorld() {
    auto netlink = adapters::MakeLibnl(*loop_);
    if (!netlink) std::abort();
    netlink_ = *std::move(netlink);
  }

  os::Clock& clock() override { return *clock_; }
  os::Events& events() override { return *loop_; }
  os::Netlink& netlink() override { return *netlink_; }

  void PlugHub(const PortPath& port) override { ports_.PlugHub(port); }
  std::string Plug(const PortPath& port, PluggedGadget gadget, const Mac& host_mac) override {
    const sim::UsbSpeed speed = port.Depth() > 1 ? sim::UsbSpeed::kFull : sim::UsbSpeed::kHigh;
    const vm::Gadget shown = OnCable(gadget);
    const auto end = std::make_shared<vm::NetworkEnd>(
        speed, vm::ConfigurationsOf(shown, speed).front(),
        vm::NetworkEnd::Told{[](const std::string&) { return true; }, [] {}});
    ports_.Plug(port, vm::DeviceOf(shown, end, {.node = "s0", .host_mac = host_mac}));
    AwaitOnGuest("a link at " + port.ToString(), [&] { return !LinkAt(port).empty(); });
    LetUdevFinish();
    return LinkAt(port);
  }
  void Unplug(const PortPath& port) override { ports_.Unplug(port); }
  bool RenameByOthers(const std::string& link, const std::string& name) override {
    return RunShell(fmt::format("ip link set dev {} name {}", link, name)).exit_code == 0;
  }

 private:
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  GuestPorts ports_{*clock_};
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::Netlink> netlink_;
};

}  // namespace

std::vector<UsbLinkWorldRow> UsbLinkWorlds() {
  return {
      {"Guest", "a machine of tests/qemu/contract", IsWiredGuest,
       []() -> std::unique_ptr<UsbLinkWorld> { return std::make_unique<GuestUsbLinkWorld>(); }}};
}

}  // namespace zprov::tests
