// Links, bridges and neighbours of the kernel. Changes that others make, and answers to Probe, come
// as os::Event. Facts: fixtures/kernels/README.md, sections Names, MTU and Shutdown and NFS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/net.h"
#include "util/result.h"

namespace zprov::os {

// What SetLink changes; what has no value stays. Applied in this order: name, mac, mtu, master,
// isolated, up. A link that is up is taken down for a new MAC and put up again after it.
struct LinkChange {
  std::optional<std::string> name = {};  // at most 15 bytes
  std::optional<Mac> mac = {};
  std::optional<uint32_t> mtu = {};        // bytes of payload
  std::optional<std::string> master = {};  // bridge to join; "" leaves the one it is in
  std::optional<bool> isolated = {};  // from all other isolated ports; leaving a bridge ends it
  std::optional<bool> up = {};

  bool operator==(const LinkChange&) const = default;
};

struct BridgeSettings {
  std::optional<Mac> mac = {};       // pinned; a bridge otherwise takes the lowest MAC of its ports
  std::optional<uint32_t> mtu = {};  // a bridge otherwise follows its ports

  bool operator==(const BridgeSettings&) const = default;
};

struct LinkAddress {
  std::string link;
  InterfaceAddress address;

  bool operator==(const LinkAddress&) const = default;
};

// A port of a bridge that one node alone can use.
struct PinnedPort {
  std::string port;
  Mac mac;
  Ipv4 address;

  bool operator==(const PinnedPort&) const = default;
};

// One probe under way; the answer is an os::ProbeAnswered with this number.
using ProbeId = uint64_t;

class Netlink {
 public:
  virtual ~Netlink() = default;

  // All links of this network namespace, by index.
  virtual Result<std::vector<Link>> Links() = 0;

  // IPv4 addresses of all links, by link index, then address.
  virtual Result<std::vector<LinkAddress>> Addresses() = 0;

  // The bridge exists with these settings and is up. Nobody ever sees a new one with another MAC:
  // who caches that (dhcpcd) takes the bridge for somebody else later. kExists when a link of that
  // name is no bridge; kOutOfRange (MTU); kInvalid (name, MAC: then no bridge is made);
  // kPermission.
  virtual Result<void> EnsureBridge(std::string_view name, const BridgeSettings& settings) = 0;

  // kNotFound (link or master); kExists (name taken); kBusy: a rename of a link that is up or in a
  // bridge (take it down and out first, in a call of its own; kernels from 6.2 would rename it
  // under its users, which we never do); kOutOfRange: the MTU is outside what the link allows, or
  // one the driver cannot frame; kInvalid (name, MAC, a master that is no bridge, `isolated` for
  // what is in no bridge); kPermission. After an error the changes before it in the order above
  // stand.
  virtual Result<void> SetLink(std::string_view name, const LinkChange& change) = 0;

  // The link has that address; nothing to do when it has it already. kNotFound; kPermission.
  virtual Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) = 0;

  // Binds one bridge port to one node, so that no other port can take its address: learning and
  // unicast flood off, a static forwarding entry for `mac`, a permanent neighbour `address` on the
  // bridge. kNotFound; kInvalid when the link is in no bridge; kPermission.
  virtual Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) = 0;

  // What of Pin is in force, by link index: a port is left out that lacks any of it, whoever took
  // it away.
  virtual Result<std::vector<PinnedPort>> Pins() = 0;

  // Sends an ICMP echo to `address` through link `name`, again each second (a bridge drops what is
  // sent up to a second after its first port came up), with a deadline of 3 s. Answers also with
  // pins set, when the kernel's own neighbour state says nothing. kNotFound; kPermission.
  virtual Result<ProbeId> Probe(std::string_view name, Ipv4 address) = 0;
};

}  // namespace zprov::os
