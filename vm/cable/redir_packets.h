// Transfers as usbredir carries them: what redir_port.cc keeps while they are under way. For that
// file alone: it brings the library's header.
#pragma once

#include <usbredirparser.h>

#include <cstdint>
#include <string>
#include <variant>

#include "os/clock.h"

namespace zprov::vm::redir {

constexpr uint8_t kIn = 0x80;  // USB 2.0, 9.3: of an endpoint's address and of a request's type

struct Control {
  uint64_t id = 0;
  usb_redir_control_packet_header header = {};
  std::string bytes = {};  // OUT
};

struct Bulk {
  uint64_t id = 0;
  usb_redir_bulk_packet_header header = {};
  std::string bytes = {};  // OUT
};

using Packet = std::variant<Control, Bulk>;

struct Waiting {
  Packet packet;
  os::Moment again{0};  // Moment::max(): until it is cancelled, or for IN until Poke
};

inline uint32_t LengthOf(const usb_redir_bulk_packet_header& header) {
  return uint32_t{header.length} | uint32_t{header.length_high} << 16;
}

inline void SetLength(usb_redir_bulk_packet_header& header, size_t length) {
  header.length = static_cast<uint16_t>(length & 0xffff);
  header.length_high = static_cast<uint16_t>(length >> 16);
}

// usbredirproto.h, EP2I of its users: OUT below IN.
inline size_t IndexOf(uint8_t endpoint) { return (endpoint & kIn) >> 3 | (endpoint & 0x0f); }

inline std::string Taken(uint8_t* data, int length) {
  return data == nullptr ? ""
                         : std::string(reinterpret_cast<char*>(data), static_cast<size_t>(length));
}

inline uint8_t* Bytes(std::string& text) {
  return text.empty() ? nullptr : reinterpret_cast<uint8_t*>(text.data());
}

}  // namespace zprov::vm::redir
