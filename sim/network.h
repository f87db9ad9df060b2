// Links, bridges and neighbours of the simulated host, as the kernel treats them: MTU limits,
// bridge MAC and MTU that follow the ports until set, names that udev changes later, neighbours
// that answer or not. What the kernel was asked about is in tests/contract/netlink_contract.cc,
// for USB links in netlink_usb_contract.cc; what other kernels do with those is in
// sim/kernel_rules.h. Frames are not simulated.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/netlink.h"
#include "sim/events.h"
#include "sim/kernel_rules.h"
#include "sim/late_notices.h"

namespace zprov::sim {

enum class UsbDriver { kCdcEther, kCdcEem, kCdcSubset, kRndisHost };

// A gadget's link as the host's driver sees it.
struct UsbLink {
  PortPath port;
  UsbDriver driver = UsbDriver::kCdcEther;
  Mac mac = {};                  // kCdcSubset: the random one the driver made up
  uint32_t segment_size = 1514;  // bytes; f_ecm hard-codes it
  uint32_t bulk_packet = 512;    // bytes
  bool has_carrier = true;       // once it is up; a broken gadget never has one
};

// Who sits at the far end of a link.
struct Neighbour {
  Mac mac;
  Ipv4 address;
  uint32_t mtu = 65535;  // on its own side of the link: larger packets it drops

  bool operator==(const Neighbour&) const = default;
};

class Network final : public os::Netlink {
 public:
  explicit Network(EventQueue& queue, const KernelRules& rules = {});

  Result<std::vector<Link>> Links() override;
  Result<std::vector<os::LinkAddress>> Addresses() override;
  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override;
  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override;
  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override;
  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override;
  Result<std::vector<os::PinnedPort>> Pins() override;
  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override;

  // The world's side. Names that are not there are ignored by the verbs below.

  // A link that is simply there, such as eth0; its index is given by the kernel.
  void Add(Link link);
  // The kernel names it; that name is returned.
  std::string PlugUsb(const UsbLink& usb);
  void Unplug(std::string_view name);
  // The link of what is plugged in there, and one by its name, as they are now, without a dump of
  // all: every simulated node asks again and again. Null: there is none.
  const Link* LinkAt(const PortPath& port);
  const Link* LinkNamed(std::string_view name);
  bool HasAddress(std::string_view name, Ipv4 address);
  // udev, a .link file or a person does this after `delay`, whatever the link is called by then;
  // what the kernel refuses then simply does not happen.
  void ChangeLater(std::string_view name, const os::LinkChange& change,
                   std::chrono::nanoseconds delay);
  // Somebody at the link's far end who answers probes; nothing: nobody does.
  void SetNeighbour(std::string_view name, std::optional<Neighbour> neighbour);
  // Whether an IPv4 packet of so many bytes that may not be cut up goes to that address and back.
  bool Carries(uint32_t bytes, Ipv4 address) const;
  // Whether what the host sends to that address goes out at that port of a bridge: not when the
  // address is pinned to another one.
  bool SendsTo(std::string_view port, Ipv4 address) const;
  // What the link to that address carries at most, both ways together, in 1000 bytes per second;
  // nothing: it is no USB link.
  std::optional<uint32_t> MostKilobytesPerSecond(Ipv4 address) const;
  // Somebody gives that port what Pin took: it learns and floods, as a bridge's ports do.
  void Unpin(std::string_view port);
  // From here on every verb that changes or sends something is kPermission.
  void DropRights() { may_change_ = false; }
  // The kernel loses its notices.
  void LoseNotices() { queue_.Post(os::LinksLost{}); }
  // Whoever reads them is late: what changes before `until` is told then.
  void HoldNotices(os::Moment until) { notices_.HoldUntil(until); }
  // A notice of that link, of which nothing changed.
  void TellAgain(std::string_view name) { Changed(std::string(name)); }

 private:
  struct Interface {
    Link link;
    bool mac_set = false;      // bridges: no longer the lowest of the ports
    bool mtu_set = false;      // bridges: no longer the smallest of the ports
    uint32_t bulk_packet = 0;  // USB links: bytes; 0 for others
    bool never_has_carrier = false;
    std::optional<Neighbour> neighbour;
    std::optional<Neighbour> pin;
    std::vector<InterfaceAddress> addresses;
  };

  Interface* Find(std::string_view name);
  Result<Interface*> Need(std::string_view name);
  Result<Interface*> NeedToChange(std::string_view name);
  Result<void> NeedRights() const;
  std::string FirstFree(std::string_view prefix);
  Interface& Insert(Link link);
  void Changed(const Interface& interface) { Changed(interface.link.name); }
  void Changed(std::string name) { notices_.Tell(os::LinkChanged{std::move(name)}); }
  void FollowPorts(std::string_view bridge_name);
  Result<void> Apply(Interface& interface, const os::LinkChange& change);
  Result<void> Rename(Interface& interface, const std::string& name);
  Result<void> SetMac(Interface& interface, const Mac& mac);
  Result<void> SetMtu(Interface& interface, uint32_t mtu);
  Result<void> SetMaster(Interface& interface, const std::string& master);
  Result<void> SetIsolated(Interface& interface, const os::LinkChange& change);
  void ToggleUp(Interface& interface);
  void Loosen(Interface& interface);  // whatever it is pinned to
  // Who has that address at the far end; null: nobody answers.
  const Interface* Answering(const Interface& from, Ipv4 address) const;

  EventQueue& queue_;
  KernelRules rules_;
  std::map<int, Interface> interfaces_;                   // by index
  std::map<std::string, Interface*, std::less<>> named_;  // the same, by name
  std::map<std::string, int> taken_below_;       // by prefix: no smaller number is free behind it
  std::set<std::pair<PortPath, int>> at_ports_;  // USB links, by index
  std::map<Ipv4, Interface*> pinned_;            // whose pin names that address
  LateNotices notices_{queue_};
  int last_index_ = 0;
  os::ProbeId last_probe_ = 0;
  bool may_change_ = true;
};

}  // namespace zprov::sim
