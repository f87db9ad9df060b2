#include "sim/network.h"

#include <algorithm>

namespace zprov::sim {
namespace {

constexpr uint32_t kEthernetHeader = 14;     // bytes
constexpr uint32_t kEthernetMtu = 1500;      // of a new link, and of a bridge with no port
constexpr uint32_t kSmallestBridgeMtu = 68;  // ETH_MIN_MTU
constexpr uint32_t kLargestMtu = 65535;      // ETH_MAX_MTU
constexpr uint64_t kLocallyAdministered = 0x020000000000;
constexpr auto kRoundTrip = std::chrono::milliseconds(1);
constexpr auto kProbeDeadline = std::chrono::seconds(3);  // os/netlink.h

tl::unexpected<Error> NoLink(std::string_view name) {
  return Fail(ErrorKind::kNotFound,
              "there is no link " + std::string(name) + ": look at the links that are there");
}

bool IsForOneLink(const Mac& mac) { return !mac.IsMulticast() && !mac.IsZero(); }

tl::unexpected<Error> BadMac(const Mac& mac) {
  return Fail(ErrorKind::kInvalid, mac.ToString() +
                                       " is no address for one link: take a MAC that is not zero "
                                       "and whose first byte is even");
}

}  // namespace

Network::Network(EventQueue& queue, const KernelRules& rules) : queue_(queue), rules_(rules) {
  Insert({.index = 0, .name = "lo", .mtu = 65536});
}

Network::Interface* Network::Find(std::string_view name) {
  const auto found = named_.find(name);
  return found == named_.end() ? nullptr : found->second;
}

Result<Network::Interface*> Network::Need(std::string_view name) {
  queue_.CatchUp();
  Interface* found = Find(name);
  if (found == nullptr) return NoLink(name);
  return found;
}

Result<void> Network::NeedRights() const {
  if (may_change_) return {};
  return Fail(ErrorKind::kPermission, "the kernel denied it: run this as root");
}

Result<Network::Interface*> Network::NeedToChange(std::string_view name) {
  ZPROV_ASSIGN(Interface * found, Need(name));
  ZPROV_TRY(NeedRights());
  return found;
}

std::string Network::FirstFree(std::string_view prefix) {
  for (int& number = taken_below_[std::string(prefix)];; ++number) {
    std::string name = std::string(prefix) + std::to_string(number);
    if (Find(name) == nullptr) return name;
  }
}

Network::Interface& Network::Insert(Link link) {
  link.index = ++last_index_;
  Interface& interface = interfaces_[link.index];
  interface.link = std::move(link);
  named_.emplace(interface.link.name, &interface);
  if (interface.link.usb) at_ports_.emplace(*interface.link.usb, interface.link.index);
  return interface;
}

// Carrier, MAC and MTU of a bridge after one of its ports changed.
void Network::FollowPorts(std::string_view bridge_name) {
  Interface* bridge = Find(bridge_name);
  if (bridge == nullptr) return;
  const bool follows = !bridge->mac_set || !bridge->mtu_set;
  std::optional<Mac> lowest;
  std::optional<uint32_t> smallest;
  bool carrier = false;
  for (const auto& [index, port] : interfaces_) {
    if (port.link.master != bridge_name) continue;
    carrier = carrier || (port.link.up && port.link.carrier);
    if (carrier && !follows) break;
    lowest = std::min(lowest.value_or(port.link.mac), port.link.mac);
    smallest = std::min(smallest.value_or(port.link.mtu), port.link.mtu);
  }
  const Link before = bridge->link;
  bridge->link.carrier = bridge->link.up && carrier;
  if (!bridge->mac_set) bridge->link.mac = lowest.value_or(Mac{});
  if (!bridge->mtu_set) bridge->link.mtu = smallest.value_or(kEthernetMtu);
  if (bridge->link != before) Changed(*bridge);
}

Result<std::vector<Link>> Network::Links() {
  queue_.CatchUp();
  std::vector<Link> links;
  links.reserve(interfaces_.size());
  for (const auto& [index, interface] : interfaces_) links.push_back(interface.link);
  return links;
}

const Link* Network::LinkAt(const PortPath& port) {
  queue_.CatchUp();
  const auto found = at_ports_.lower_bound({port, 0});
  if (found == at_ports_.end() || found->first != port) return nullptr;
  return &interfaces_.at(found->second).link;
}

const Link* Network::LinkNamed(std::string_view name) {
  queue_.CatchUp();
  const Interface* const found = Find(name);
  return found == nullptr ? nullptr : &found->link;
}

bool Network::HasAddress(std::string_view name, Ipv4 address) {
  const Interface* const found = Find(name);
  return found != nullptr &&
         std::ranges::any_of(found->addresses,
                             [&](const InterfaceAddress& own) { return own.address == address; });
}

Result<std::vector<os::LinkAddress>> Network::Addresses() {
  queue_.CatchUp();
  std::vector<os::LinkAddress> all;
  for (const auto& [index, interface] : interfaces_) {
    for (const InterfaceAddress& address : interface.addresses) {
      all.push_back({interface.link.name, address});
    }
  }
  return all;
}

Result<void> Network::EnsureBridge(std::string_view name, const os::BridgeSettings& settings) {
  queue_.CatchUp();
  if (!IsLinkName(name)) {
    return Fail(
        ErrorKind::kInvalid,
        "\"" + std::string(name) + "\" is no name for a link: take 1 to 15 letters or digits");
  }
  Interface* bridge = Find(name);
  if (bridge != nullptr && bridge->link.kind != "bridge") {
    return Fail(ErrorKind::kExists, "the link " + std::string(name) +
                                        " is no bridge: rename it, or name the bridge otherwise");
  }
  ZPROV_TRY(NeedRights());
  if (bridge == nullptr) {
    // The kernel makes up a random local MAC; here it comes from the index.
    const uint64_t made_up = kLocallyAdministered + static_cast<uint64_t>(last_index_) + 1;
    if (settings.mac && !IsForOneLink(*settings.mac)) return BadMac(*settings.mac);
    bridge = &Insert({.name = std::string(name),
                      .mac = settings.mac.value_or(*Mac::FromNumber(made_up)),
                      .mtu = kEthernetMtu,
                      .min_mtu = kSmallestBridgeMtu,
                      .max_mtu = kLargestMtu,
                      .kind = "bridge"});
    Changed(*bridge);
  }
  return Apply(*bridge, {.mac = settings.mac, .mtu = settings.mtu, .up = true});
}

Result<void> Network::SetLink(std::string_view name, const os::LinkChange& change) {
  ZPROV_ASSIGN(Interface * interface, NeedToChange(name));
  return Apply(*interface, change);
}

Result<void> Network::Apply(Interface& interface, const os::LinkChange& change) {
  if (change.name) ZPROV_TRY(Rename(interface, *change.name));
  if (change.mac) ZPROV_TRY(SetMac(interface, *change.mac));
  if (change.mtu) ZPROV_TRY(SetMtu(interface, *change.mtu));
  if (change.master) ZPROV_TRY(SetMaster(interface, *change.master));
  if (change.isolated) ZPROV_TRY(SetIsolated(interface, change));
  if (change.up && *change.up != interface.link.up) ToggleUp(interface);
  return {};
}

Result<void> Network::Rename(Interface& interface, const std::string& name) {
  if (interface.link.name == name) return {};
  if (!IsLinkName(name)) {
    return Fail(ErrorKind::kInvalid,
                "\"" + name + "\" is no name for a link: take 1 to 15 letters or digits");
  }
  if (interface.link.up || !interface.link.master.empty()) {
    return Fail(ErrorKind::kBusy, interface.link.name +
                                      " is up or in a bridge: take it down and out before it gets "
                                      "another name");
  }
  if (Find(name) != nullptr) {
    return Fail(ErrorKind::kExists, "the name " + name + " is taken: rename that link first");
  }
  if (interface.link.kind == "bridge") {
    for (auto& [index, other] : interfaces_) {
      if (other.link.master == interface.link.name) other.link.master = name;
    }
  }
  named_.erase(interface.link.name);
  taken_below_.clear();
  interface.link.name = name;
  named_.emplace(name, &interface);
  Changed(interface);
  return {};
}

Result<void> Network::SetMac(Interface& interface, const Mac& mac) {
  if (!IsForOneLink(mac)) return BadMac(mac);
  interface.mac_set = true;
  if (interface.link.mac == mac) return {};
  interface.link.mac = mac;
  Changed(interface);
  FollowPorts(interface.link.master);
  return {};
}

Result<void> Network::SetMtu(Interface& interface, uint32_t mtu) {
  const Link& link = interface.link;
  if (mtu < link.min_mtu || (link.max_mtu != 0 && mtu > link.max_mtu)) {
    return Fail(ErrorKind::kOutOfRange, link.name + " takes an MTU from " +
                                            std::to_string(link.min_mtu) + " to " +
                                            std::to_string(link.max_mtu) + ": take one of these");
  }
  if (interface.bulk_packet != 0 && (mtu + kEthernetHeader) % interface.bulk_packet == 0) {
    return Fail(ErrorKind::kOutOfRange, link.name + " cannot frame the MTU " + std::to_string(mtu) +
                                            ": take one more or less");
  }
  interface.mtu_set = true;
  if (link.mtu == mtu) return {};
  interface.link.mtu = mtu;
  Changed(interface);
  FollowPorts(interface.link.master);
  return {};
}

Result<void> Network::SetMaster(Interface& interface, const std::string& master) {
  if (interface.link.master == master) return {};
  if (!master.empty()) {
    const Interface* bridge = Find(master);
    if (bridge == nullptr) return NoLink(master);
    if (bridge->link.kind != "bridge" || interface.link.kind == "bridge") {
      return Fail(ErrorKind::kInvalid, interface.link.name + " cannot be a port of " + master +
                                           ": only a bridge has ports, and none is one");
    }
  }
  const std::string left = std::exchange(interface.link.master, master);
  Loosen(interface);
  interface.link.isolated = false;
  Changed(interface);
  FollowPorts(left);
  FollowPorts(master);
  return {};
}

Result<void> Network::SetIsolated(Interface& interface, const os::LinkChange& change) {
  if (interface.link.master.empty()) {
    return Fail(ErrorKind::kInvalid, interface.link.name +
                                         " is in no bridge: put it into the bridge, then isolate "
                                         "it");
  }
  if (interface.link.isolated == *change.isolated) return {};
  interface.link.isolated = *change.isolated;
  Changed(interface);
  return {};
}

void Network::ToggleUp(Interface& interface) {
  interface.link.up = !interface.link.up;
  if (interface.link.kind != "bridge")
    interface.link.carrier = interface.link.up && !interface.never_has_carrier;
  Changed(interface);
  FollowPorts(interface.link.kind == "bridge" ? interface.link.name : interface.link.master);
}

Result<void> Network::AddAddress(std::string_view name, const InterfaceAddress& address) {
  ZPROV_ASSIGN(Interface * interface, NeedToChange(name));
  auto& addresses = interface->addresses;
  const auto place = std::lower_bound(addresses.begin(), addresses.end(), address);
  if (place != addresses.end() && *place == address) return {};
  addresses.insert(place, address);
  Changed(*interface);
  return {};
}

Result<void> Network::Pin(std::string_view port, const Mac& mac, Ipv4 address) {
  ZPROV_ASSIGN(Interface * interface, Need(port));
  if (interface->link.master.empty()) {
    return Fail(ErrorKind::kInvalid,
                std::string(port) + " is in no bridge: put it into the bridge, then pin it");
  }
  ZPROV_TRY(NeedRights());
  if (const auto other = pinned_.find(address); other != pinned_.end()) {
    other->second->pin->address = {};
  }
  Loosen(*interface);
  interface->pin = Neighbour{mac, address};
  pinned_[address] = interface;
  Changed(*interface);
  return {};
}

void Network::Loosen(Interface& interface) {
  if (!interface.pin) return;
  const auto own = pinned_.find(interface.pin->address);
  if (own != pinned_.end() && own->second == &interface) pinned_.erase(own);
  interface.pin.reset();
}

Result<std::vector<os::PinnedPort>> Network::Pins() {
  queue_.CatchUp();
  std::vector<os::PinnedPort> pins;
  for (const auto& [index, port] : interfaces_) {
    if (!port.pin || port.pin->address == Ipv4{}) continue;
    pins.push_back({port.link.name, port.pin->mac, port.pin->address});
  }
  return pins;
}

void Network::Unpin(std::string_view port) {
  Interface* interface = Find(port);
  if (interface == nullptr) return;
  Loosen(*interface);
  Changed(*interface);
}

// Whether an echo sent through `from` comes back: a pinned address is looked for at its port alone,
// and a pinned port carries frames for its own MAC alone.
const Network::Interface* Network::Answering(const Interface& from, Ipv4 address) const {
  const bool in_network =
      std::any_of(from.addresses.begin(), from.addresses.end(),
                  [&](const InterfaceAddress& own) { return own.Contains(address); });
  if (!in_network || !from.link.up) return nullptr;
  const auto reaches = [&from](const Interface& port) {
    return from.link.kind == "bridge" ? port.link.master == from.link.name : &port == &from;
  };
  const auto answers = [address](const Interface& port) {
    return port.link.up && port.link.carrier && port.neighbour &&
           port.neighbour->address == address &&
           (!port.pin || port.pin->mac == port.neighbour->mac);
  };
  if (const auto pinned = pinned_.find(address); pinned != pinned_.end()) {
    const Interface& port = *pinned->second;
    if (reaches(port)) return answers(port) ? &port : nullptr;
  }
  const auto found = std::ranges::find_if(interfaces_, [&](const auto& entry) {
    return reaches(entry.second) && answers(entry.second);
  });
  return found == interfaces_.end() ? nullptr : &found->second;
}

bool Network::Carries(uint32_t bytes, Ipv4 address) const {
  return std::any_of(interfaces_.begin(), interfaces_.end(), [&](const auto& entry) {
    const Interface& from = entry.second;
    const Interface* port = Answering(from, address);
    return port != nullptr && bytes <= from.link.mtu && bytes <= port->link.mtu &&
           bytes <= port->neighbour->mtu;
  });
}

bool Network::SendsTo(std::string_view port, Ipv4 address) const {
  const auto pinned = pinned_.find(address);
  return pinned == pinned_.end() || pinned->second->link.name == port;
}

std::optional<uint32_t> Network::MostKilobytesPerSecond(Ipv4 address) const {
  // USB 2.0, tables 5-9 and 5-10: of 64 bytes 19 in a millisecond, of 512 bytes 13 in an eighth.
  constexpr uint32_t kFullSpeed = 19 * 64;
  constexpr uint32_t kHighSpeed = 13 * 512 * 8;
  const auto found = std::ranges::find_if(interfaces_, [&](const auto& entry) {
    const auto& neighbour = entry.second.neighbour;
    return neighbour && neighbour->address == address && entry.second.bulk_packet != 0;
  });
  if (found == interfaces_.end()) return std::nullopt;
  return found->second.bulk_packet == 64 ? kFullSpeed : kHighSpeed;
}

Result<os::ProbeId> Network::Probe(std::string_view name, Ipv4 address) {
  ZPROV_ASSIGN(const Interface* interface, NeedToChange(name));
  const os::ProbeId probe = ++last_probe_;
  const bool alive = Answering(*interface, address) != nullptr;
  const std::chrono::nanoseconds wait =
      alive ? std::chrono::nanoseconds(kRoundTrip) : kProbeDeadline;
  queue_.After(wait, [this, probe, alive] { queue_.Post(os::ProbeAnswered{probe, alive}); });
  return probe;
}

void Network::Add(Link link) { Changed(Insert(std::move(link))); }

std::string Network::PlugUsb(const UsbLink& usb) {
  const bool binds = usb.driver != UsbDriver::kCdcSubset;  // a bind callback: named and capped
  const bool local = (usb.mac.Number() & kLocallyAdministered) != 0 || usb.mac.IsZero();
  const bool eth = binds && (!local || rules_.names_local_macs_eth);
  Interface& interface =
      Insert({.name = FirstFree(eth ? "eth" : "usb"),
              .mac = usb.mac,
              .mtu = kEthernetMtu,
              .max_mtu = binds && rules_.caps_usbnet_mtu ? usb.segment_size - kEthernetHeader
                                                         : kLargestMtu,
              .usb = usb.port});
  interface.bulk_packet = usb.bulk_packet;
  interface.never_has_carrier = !usb.has_carrier;
  Changed(interface);
  return interface.link.name;
}

void Network::Unplug(std::string_view name) {
  Interface* gone = Find(name);
  if (gone == nullptr) return;
  Loosen(*gone);
  const Link link = gone->link;
  named_.erase(link.name);
  taken_below_.clear();
  if (link.usb) at_ports_.erase({*link.usb, link.index});
  interfaces_.erase(link.index);
  Changed(link.name);
  FollowPorts(link.master);
}

void Network::ChangeLater(std::string_view name, const os::LinkChange& change,
                          std::chrono::nanoseconds delay) {
  const Interface* interface = Find(name);
  if (interface == nullptr) return;
  queue_.After(delay, [this, index = interface->link.index, change] {
    const auto found = interfaces_.find(index);
    if (found != interfaces_.end()) (void)Apply(found->second, change);
  });
}

void Network::SetNeighbour(std::string_view name, std::optional<Neighbour> neighbour) {
  Interface* interface = Find(name);
  if (interface != nullptr) interface->neighbour = std::move(neighbour);
}

}  // namespace zprov::sim
