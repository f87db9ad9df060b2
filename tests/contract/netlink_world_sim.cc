// The simulator's network for the netlink contract.
#include "contract/netlink_world.h"
#include "sim/network.h"

namespace zprov::tests {
namespace {

class SimNetlinkWorld final : public NetlinkWorld {
 public:
  os::Clock& clock() override { return clock_; }
  os::Events& events() override { return events_; }
  os::Netlink& netlink() override { return network_; }

  void Plug(const std::string& link, const Mac& mac, const Node& node) override {
    network_.Add({.name = link, .mac = mac, .mtu = 1500, .min_mtu = 68, .max_mtu = 65535});
    network_.SetNeighbour(link, sim::Neighbour{node.mac, node.address});
  }
  void Silence(const std::string& link) override { network_.SetNeighbour(link, std::nullopt); }
  void Unplug(const std::string& link) override { network_.Unplug(link); }
  void RenamedByOthers(const std::string& link, const std::string& name) override {
    network_.ChangeLater(link, {.name = name}, std::chrono::milliseconds(1));
  }
  void DropRights() override { network_.DropRights(); }

 private:
  sim::VirtualClock clock_;
  sim::EventQueue queue_{clock_};
  sim::Events events_{queue_};
  sim::Network network_{queue_};
};

}  // namespace

std::unique_ptr<NetlinkWorld> MakeSimNetlinkWorld() { return std::make_unique<SimNetlinkWorld>(); }

std::vector<NetlinkWorldRow> NetlinkWorlds() {
  return {{"Sim", "", [] { return true; }, MakeSimNetlinkWorld},
          {"Kernel", "root, for a private network namespace", CanMakeKernelNetlinkWorld,
           MakeKernelNetlinkWorld}};
}

}  // namespace zprov::tests
