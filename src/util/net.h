// Values of the network and of the USB tree that core and os share: addresses, port paths, links.
// Text forms are the field's own: 02:34:33:3c:50:22, 192.168.7.33, 192.168.7.2/24, 1-1.3.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zprov {

// A 48-bit Ethernet address.
struct Mac {
  std::array<uint8_t, 6> bytes{};

  static std::optional<Mac> Parse(std::string_view text);  // six hex pairs joined by ':'
  static std::optional<Mac> FromNumber(uint64_t number);   // big-endian value; nothing above 2^48-1
  uint64_t Number() const;
  std::string ToString() const;
  bool IsMulticast() const { return (bytes[0] & 1) != 0; }
  bool IsZero() const { return Number() == 0; }

  auto operator<=>(const Mac&) const = default;
};

// An IPv4 address in host byte order.
struct Ipv4 {
  uint32_t number = 0;

  static std::optional<Ipv4> Parse(std::string_view text);  // dotted quad, no leading zeros
  std::string ToString() const;

  auto operator<=>(const Ipv4&) const = default;
};

// An address together with its network: 192.168.7.2/24.
struct InterfaceAddress {
  Ipv4 address;
  int prefix = 24;  // 1 to 30 where people write it; a link may have up to 32

  static std::optional<InterfaceAddress> Parse(std::string_view text);
  std::string ToString() const;
  uint32_t MaskNumber() const { return ~uint32_t{0} << (32 - prefix); }
  Ipv4 Netmask() const { return {MaskNumber()}; }
  Ipv4 NetworkAddress() const { return {address.number & MaskNumber()}; }
  Ipv4 Broadcast() const { return {address.number | ~MaskNumber()}; }
  bool Contains(Ipv4 other) const {
    return (other.number & MaskNumber()) == NetworkAddress().number;
  }

  auto operator<=>(const InterfaceAddress&) const = default;
};

// Where a device sits in the USB tree: bus number and the port numbers from the root hub down, as
// the kernel and rpiboot write it (1-1.3 is bus 1, root port 1, that hub's port 3).
struct PortPath {
  static constexpr size_t kMostPorts = 7;  // USB 2.0: root hub, five hubs, device

  uint8_t bus = 0;
  // None zero down to the device, then zeros; a root hub has none. Paths are keys everywhere: they
  // are compared and copied without an allocation.
  std::array<uint8_t, kMostPorts> ports{};

  static std::optional<PortPath> Parse(std::string_view text);
  std::string ToString() const;

  bool IsRootHub() const { return ports[0] == 0; }
  size_t Depth() const;                 // ports from the root hub down; 0: a root hub
  PortPath Hub() const;                 // the hub that it hangs on; of a root hub itself
  uint8_t Number() const;               // of its port at that hub; 0: a root hub
  PortPath Port(uint8_t number) const;  // that port of this hub, which is not the seventh in a row
  bool IsBelow(const PortPath& hub) const;  // or that hub itself

  auto operator<=>(const PortPath&) const = default;
};

// What the kernel takes as a link's name: 1 to 15 bytes, none of them '/', ':', '%', zero or what
// it calls a space (also the second byte of "à"), and neither "." nor "..".
bool IsLinkName(std::string_view name);

// A network link as the kernel shows it.
struct Link {
  int index = 0;
  std::string name = {};
  Mac mac = {};
  uint32_t mtu = 0;
  uint32_t min_mtu = 0;     // IFLA_MIN_MTU; 0: the kernel does not say
  uint32_t max_mtu = 0;     // IFLA_MAX_MTU; 0: the kernel does not say
  std::string kind = {};    // IFLA_INFO_KIND: "bridge", "veth", … ; empty for hardware
  std::string master = {};  // name of the bridge it is a port of; empty: none
  bool isolated = false;    // a bridge's port that no other isolated one can talk to
  bool up = false;          // administratively
  bool carrier = false;
  std::optional<PortPath> usb = {};  // where its USB device sits; nothing: it is no USB link

  bool operator==(const Link&) const = default;
};

}  // namespace zprov
