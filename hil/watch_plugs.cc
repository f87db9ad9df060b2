#include "hil/watch_plugs.h"

#include <algorithm>
#include <set>

#include "core/usbboot/stage.h"
#include "hil/program_watch.h"

namespace zprov::hil {
namespace {

// Ports where a board is that is no news.
class KnownPorts {
 public:
  explicit KnownPorts(const Detected& detected) {
    for (const FoundBoard& board : detected.boards) {
      (board.node.empty() ? strangers_ : nodes_).insert(board.port);
    }
  }

  // Where a board came that nobody knows; nothing: that event is none.
  std::optional<PortPath> NewIn(const os::Event& event) {
    // A node that boots leaves and comes back; nobody boots a stranger, so that one was unplugged.
    if (const auto* left = std::get_if<os::UsbLeft>(&event)) strangers_.erase(left->port);
    const auto* arrived = std::get_if<os::UsbArrived>(&event);
    if (arrived == nullptr) return std::nullopt;
    const os::UsbDevice& device = arrived->device;
    const bool is_board =
        usbboot::Identify(device.vendor, device.product, device.serial_index).has_value();
    if (!is_board || strangers_.contains(device.port)) return std::nullopt;
    if (!nodes_.insert(device.port).second) return std::nullopt;
    return device.port;
  }

 private:
  std::set<PortPath> nodes_;
  std::set<PortPath> strangers_;
};

}  // namespace

std::vector<std::string> NodesWithoutBoard(const spec::ClusterSpec& spec,
                                           const Detected& detected) {
  std::vector<std::string> nodes;
  for (const spec::Node& node : spec.nodes) {
    if (std::ranges::count(detected.boards, node.name, &FoundBoard::node) == 0) {
      nodes.push_back(node.name);
    }
  }
  return nodes;
}

Result<Plugged> WatchPlugs(const Rig& rig, const Detected& before,
                           const std::function<void(const PlugTold&)>& tell) {
  KnownPorts known(before);
  Plugged plugged;
  ZPROV_TRY(rig.system.live->usb.Watch());
  for (const std::string& node : NodesWithoutBoard(rig.spec, before)) {
    tell({node});
    std::optional<PortPath> port;
    while (!port && !rig.programs->WasInterrupted()) {
      ZPROV_ASSIGN(const os::Event event, rig.system.events.Next(os::Moment::max()));
      port = known.NewIn(event);
    }
    if (!port) break;
    plugged[*port] = node;
    tell({node, port});
  }
  rig.programs->TakeInterrupt();
  return plugged;
}

}  // namespace zprov::hil
