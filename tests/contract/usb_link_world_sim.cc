// The simulator's USB links for their contract: those of the newest 6.1.
#include <algorithm>
#include <map>

#include "contract/usb_link_world.h"
#include "sim/network.h"

namespace zprov::tests {
namespace {

constexpr uint32_t kFullSpeedPacket = 64;  // bytes; USB 2.0, 5.8.3
constexpr uint32_t kHighSpeedPacket = 512;
const Mac kMadeUp = *Mac::Parse("6e:3f:a2:00:00:01");

class SimUsbLinkWorld final : public UsbLinkWorld {
 public:
  os::Clock& clock() override { return clock_; }
  os::Events& events() override { return events_; }
  os::Netlink& netlink() override { return network_; }

  void PlugHub(const PortPath&) override {}
  std::string Plug(const PortPath& port, PluggedGadget gadget, const Mac& host_mac) override {
    const bool is_geth = gadget == PluggedGadget::kGeth;
    const bool is_behind_hub = port.Depth() > 1;
    links_[port] = network_.PlugUsb(
        {.port = port,
         .driver = is_geth ? sim::UsbDriver::kCdcSubset : sim::UsbDriver::kCdcEther,
         .mac = is_geth ? kMadeUp : host_mac,
         .bulk_packet = is_behind_hub ? kFullSpeedPacket : kHighSpeedPacket});
    return links_[port];
  }
  void Unplug(const PortPath& port) override { network_.Unplug(links_.at(port)); }
  bool RenameByOthers(const std::string& link, const std::string& name) override {
    network_.ChangeLater(link, {.name = name}, std::chrono::nanoseconds(1));
    clock_.Advance(std::chrono::nanoseconds(1));
    const auto links = network_.Links();
    return std::ranges::any_of(*links, [&](const Link& each) { return each.name == name; });
  }

 private:
  sim::VirtualClock clock_;
  sim::EventQueue queue_{clock_};
  sim::Events events_{queue_};
  sim::Network network_{queue_};
  std::map<PortPath, std::string> links_;
};

}  // namespace

std::vector<UsbLinkWorldRow> UsbLinkWorlds() {
  return {{"Sim", "", [] { return true; },
           []() -> std::unique_ptr<UsbLinkWorld> { return std::make_unique<SimUsbLinkWorld>(); }}};
}

}  // namespace zprov::tests
