// The tree: who is there, who has power. What crosses the wire is in usb_transfers.cc.
#include "sim/usb.h"

#include <algorithm>
#include <ranges>

namespace zprov::sim {
namespace {

// Linux: drivers/usb/core/hub.c waits 5 s for the first descriptor, twice in each of four attempts.
constexpr auto kGivesUpAfter = std::chrono::seconds(5 * 2 * 4);

}  // namespace

Result<void> UsbBus::NeedRights() const {
  if (kernel_ == Kernel::kWithoutUsb) {
    return Fail(ErrorKind::kNotSupported,
                "this kernel has no USB: load the host controller's driver, or use a host that has "
                "USB ports");
  }
  if (!may_read_) return Fail(ErrorKind::kPermission, "read the USB bus: try again as root");
  return {};
}

Result<std::vector<os::UsbDevice>> UsbBus::Devices() {
  queue_.CatchUp();
  ZPROV_TRY(NeedRights());
  std::vector<os::UsbDevice> all;
  for (const auto& [port, device] : devices_) {
    if (device.stay != 0) all.push_back(device.shown);
  }
  return all;
}

Result<void> UsbBus::Watch() {
  ZPROV_ASSIGN(const auto devices, Devices());
  if (std::exchange(watched_, true)) return {};
  for (const os::UsbDevice& device : devices) queue_.Post(os::UsbArrived{device});
  return {};
}

bool UsbBus::CanArrive(const PortPath& port) const {
  const bool has_power =
      std::ranges::none_of(without_power_, [&](const PortPath& off) { return port.IsBelow(off); });
  const bool is_jammed =
      std::ranges::any_of(jammed_, [&](const auto& jam) { return port.IsBelow(jam.first.Hub()); });
  return has_power && !is_jammed;
}

void UsbBus::Tell(os::Event notice) {
  if (!watched_) return;
  notices_.Tell(std::move(notice));
}

void UsbBus::TellAgain(const PortPath& port) {
  const auto found = devices_.find(port);
  if (found != devices_.end() && found->second.stay != 0) Tell(os::UsbArrived{found->second.shown});
}

void UsbBus::Arrive(Device& device) {
  device.stay = ++last_stay_;
  Tell(os::UsbArrived{device.shown});
}

void UsbBus::Leave(Device& device) {
  const uint64_t left = std::exchange(device.stay, 0);
  device.held.clear();
  if (left == 0) return;
  CompleteAll(left);
  Tell(os::UsbLeft{device.shown.port});
}

void UsbBus::ArriveWhoCan() {
  for (auto& [port, device] : devices_) {
    if (device.stay == 0 && CanArrive(port)) Arrive(device);
  }
}

// As the kernel says it: first what is below.
void UsbBus::Unplugged(const PortPath& port) {
  std::vector<PortPath> gone;
  for (auto at = devices_.lower_bound(port); at != devices_.end() && at->first.IsBelow(port);
       ++at) {
    gone.push_back(at->first);
  }
  for (const PortPath& at : gone | std::views::reverse) {
    Leave(devices_.at(at));
    devices_.erase(at);
  }
}

void UsbBus::Plug(const os::UsbDevice& device, std::shared_ptr<UsbFunction> function) {
  Unplug(device.port);
  Device& plugged = devices_[device.port];
  plugged.shown = device;
  plugged.function = std::move(function);
  if (CanArrive(device.port)) Arrive(plugged);
  if (device.device_class != kHubClass) return;
  std::erase_if(without_power_, [&](const PortPath& off) {
    return off != device.port && off.IsBelow(device.port);
  });
  for (const auto& [port, told] : wired_) {
    if (port != device.port && port.IsBelow(device.port)) told(PortPower::kOn);
  }
}

void UsbBus::Unplug(const PortPath& port) {
  const auto found = devices_.find(port);
  if (found == devices_.end()) return;
  if (found->second.shown.device_class == kHubClass) {
    for (const auto& [at, told] : wired_) {
      if (at != port && at.IsBelow(port)) told(PortPower::kOff);
    }
  }
  Unplugged(port);
}

void UsbBus::WirePower(const PortPath& port, std::function<void(PortPower)> told) {
  wired_[port] = std::move(told);
}

bool UsbBus::Shows(const PortPath& port) const {
  const auto found = devices_.find(port);
  return found != devices_.end() && found->second.stay != 0;
}

int UsbBus::PowerCuts(const PortPath& port) const {
  const auto found = cuts_.find(port);
  return found == cuts_.end() ? 0 : found->second;
}

void UsbBus::HoldInterface(const PortPath& port, uint8_t interface_number) {
  const auto found = devices_.find(port);
  if (found != devices_.end()) found->second.held.insert(interface_number);
}

void UsbBus::Jam(const PortPath& port) {
  const uint64_t jam = ++last_jam_;
  jammed_[port] = jam;
  queue_.After(kGivesUpAfter, [this, port, jam] {
    const auto found = jammed_.find(port);
    if (found != jammed_.end() && found->second == jam) EndJam(port);
  });
}

void UsbBus::EndJam(const PortPath& port) {
  if (jammed_.erase(port) != 0) ArriveWhoCan();
}

// Every port that is known to have something, or that was asked for.
std::vector<PortPath> UsbBus::PortsOf(const PortPath& hub) const {
  std::set<PortPath> ports;
  const auto look = [&](const PortPath& at) {
    if (at != hub && at.IsBelow(hub)) ports.insert(hub.Port(at.ports[hub.Depth()]));
  };
  for (const auto& [at, device] : devices_) look(at);
  for (const auto& [at, told] : wired_) look(at);
  return {ports.begin(), ports.end()};
}

void UsbBus::CutPower(const PortPath& port) {
  if (!without_power_.insert(port).second) return;
  std::vector<PortPath> below{port};
  for (const auto& [at, device] : devices_) below.push_back(at);
  for (const auto& [at, told] : wired_) below.push_back(at);
  std::ranges::sort(below);
  below.erase(std::unique(below.begin(), below.end()), below.end());
  for (const PortPath& at : below | std::views::reverse) {
    if (!at.IsBelow(port)) continue;
    ++cuts_[at];
    const auto wired = wired_.find(at);
    if (wired != wired_.end()) wired->second(PortPower::kOff);
    const auto found = devices_.find(at);
    if (found != devices_.end()) Leave(found->second);
    EndJam(at);
  }
}

void UsbBus::GivePower(const PortPath& port) {
  if (without_power_.erase(port) == 0) return;
  ArriveWhoCan();
  for (const auto& [at, told] : wired_) {
    if (at.IsBelow(port)) told(PortPower::kOn);
  }
}

void UsbBus::GiveAllPower() {
  while (!without_power_.empty()) GivePower(*without_power_.begin());
}

HubPower UsbBus::PowerOf(const PortPath& hub) const {
  const auto known = hubs_.find(hub);
  if (known != hubs_.end()) return known->second;
  return hub.IsRootHub() ? HubPower::kNone : HubPower::kGanged;
}

Result<void> UsbBus::SetPortPower(const PortPath& port, PortPower power) {
  queue_.CatchUp();
  ZPROV_TRY(NeedRights());
  const PortPath hub = port.Hub();
  const bool is_root = hub.IsRootHub();
  const auto found = devices_.find(hub);
  if (!is_root && (found == devices_.end() || found->second.stay == 0 ||
                   found->second.shown.device_class != kHubClass)) {
    return Fail(ErrorKind::kNotFound,
                "no hub at " + hub.ToString() + ": plug it in, or correct the port's path");
  }
  const HubPower can = PowerOf(hub);
  if (can == HubPower::kNone) {
    return Fail(ErrorKind::kNotSupported, "the hub above " + port.ToString() +
                                              " cannot switch the power of its ports: pull the "
                                              "board's plug");
  }
  std::vector<PortPath> ports{port};
  if (can == HubPower::kGanged) {
    for (const PortPath& other : PortsOf(hub)) {
      if (other != port) ports.push_back(other);
    }
  }
  for (const PortPath& each : ports) {
    power == PortPower::kOff ? CutPower(each) : GivePower(each);
  }
  return {};
}

void UsbBus::HostBoots() {
  watched_ = false;
  notices_.Clear();
  opened_.clear();
  by_stay_.clear();
  flights_.clear();
  pooled_ = 0;
  endpoints_.clear();
  without_power_.clear();
  jammed_.clear();
  wire_free_ = os::Moment{0};
  for (const auto& [port, told] : wired_) told(PortPower::kOff);
  ArriveWhoCan();
}

}  // namespace zprov::sim
