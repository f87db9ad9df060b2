#include "util/net.h"

#include <fmt/format.h>

#include <algorithm>

#include "util/strings.h"

namespace zprov {
namespace {

constexpr uint64_t kMaxMac = (uint64_t{1} << 48) - 1;

std::optional<uint8_t> ParseHexPair(std::string_view text) {
  if (text.size() != 2) return std::nullopt;
  unsigned value = 0;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<unsigned>(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      value = value * 16 + static_cast<unsigned>((c | 0x20) - 'a') + 10;
    } else {
      return std::nullopt;
    }
  }
  return static_cast<uint8_t>(value);
}

// A number without sign, space or leading zero.
std::optional<uint8_t> ParseByte(std::string_view text, uint8_t max) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const auto number = ParseNumber(text, max);
  if (!number) return std::nullopt;
  return static_cast<uint8_t>(*number);
}

}  // namespace

std::optional<Mac> Mac::Parse(std::string_view text) {
  const auto parts = Split(text, ':');
  Mac mac;
  if (parts.size() != mac.bytes.size()) return std::nullopt;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto byte = ParseHexPair(parts[i]);
    if (!byte) return std::nullopt;
    mac.bytes[i] = *byte;
  }
  return mac;
}

std::optional<Mac> Mac::FromNumber(uint64_t number) {
  if (number > kMaxMac) return std::nullopt;
  Mac mac;
  for (size_t i = mac.bytes.size(); i-- > 0; number >>= 8) {
    mac.bytes[i] = static_cast<uint8_t>(number & 0xff);
  }
  return mac;
}

uint64_t Mac::Number() const {
  uint64_t number = 0;
  for (uint8_t byte : bytes) number = (number << 8) | byte;
  return number;
}

std::string Mac::ToString() const { return fmt::format("{:02x}", fmt::join(bytes, ":")); }

std::optional<Ipv4> Ipv4::Parse(std::string_view text) {
  const auto parts = Split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  Ipv4 address;
  for (std::string_view part : parts) {
    const auto byte = ParseByte(part, 255);
    if (!byte) return std::nullopt;
    address.number = (address.number << 8) | *byte;
  }
  return address;
}

std::string Ipv4::ToString() const {
  return fmt::format("{}.{}.{}.{}", number >> 24, (number >> 16) & 0xff, (number >> 8) & 0xff,
                     number & 0xff);
}

std::optional<InterfaceAddress> InterfaceAddress::Parse(std::string_view text) {
  const auto parts = Split(text, '/');
  if (parts.size() != 2) return std::nullopt;
  const auto address = Ipv4::Parse(parts[0]);
  const auto prefix = ParseByte(parts[1], 30);
  if (!address || !prefix || *prefix == 0) return std::nullopt;
  return InterfaceAddress{*address, *prefix};
}

std::string InterfaceAddress::ToString() const {
  return fmt::format("{}/{}", address.ToString(), prefix);
}

std::optional<PortPath> PortPath::Parse(std::string_view text) {
  const auto halves = Split(text, '-');
  if (halves.size() != 2) return std::nullopt;
  const auto bus = ParseByte(halves[0], 255);
  if (!bus || *bus == 0) return std::nullopt;
  PortPath path{*bus, {}};
  size_t depth = 0;
  for (std::string_view part : Split(halves[1], '.')) {
    const auto port = ParseByte(part, 255);
    if (!port || *port == 0 || depth == kMostPorts) return std::nullopt;
    path.ports[depth++] = *port;
  }
  return path;
}

std::string PortPath::ToString() const {
  return fmt::format("{}-{}", bus, fmt::join(ports.begin(), ports.begin() + Depth(), "."));
}

size_t PortPath::Depth() const {
  return static_cast<size_t>(std::ranges::find(ports, 0) - ports.begin());
}

PortPath PortPath::Hub() const {
  PortPath hub = *this;
  if (!IsRootHub()) hub.ports[Depth() - 1] = 0;
  return hub;
}

uint8_t PortPath::Number() const { return IsRootHub() ? uint8_t{0} : ports[Depth() - 1]; }

PortPath PortPath::Port(uint8_t number) const {
  PortPath port = *this;
  port.ports.at(Depth()) = number;
  return port;
}

bool PortPath::IsBelow(const PortPath& hub) const {
  const auto depth = static_cast<std::ptrdiff_t>(hub.Depth());
  return bus == hub.bus && std::equal(hub.ports.begin(), hub.ports.begin() + depth, ports.begin());
}

bool IsLinkName(std::string_view name) {
  constexpr size_t kLongest = 15;  // IFNAMSIZ with its final zero is 16
  // dev_valid_name(), whose isspace() takes a0 as well.
  constexpr std::string_view kNever("/:% \t\n\v\f\r\xa0\0", 11);
  if (name.empty() || name.size() > kLongest || name == "." || name == "..") return false;
  return name.find_first_of(kNever) == std::string_view::npos;
}

}  // namespace zprov
