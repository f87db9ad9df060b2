// The two transfers that everything is made of, as the board sees them: src/core/usbboot/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "os/usb_bus.h"

namespace zprov::sim::zero {

// How many bytes the host says will follow; nothing for a request that no board knows.
inline std::optional<uint32_t> AnnouncedLength(const os::ControlOut& request) {
  constexpr uint8_t kVendorOut = 0x40;
  if (request.request_type != kVendorOut || request.request != 0) return std::nullopt;
  return uint32_t{request.value} | uint32_t{request.index} << 16;
}

// Whether the host wants to read `size` bytes, said three times.
inline bool IsRead(const os::ControlIn& request, uint16_t size) {
  constexpr uint8_t kVendorIn = 0xc0;
  return request.request_type == kVendorIn && request.request == 0 && request.value == size &&
         request.index == 0 && request.length == size;
}

// int32, little endian.
inline std::string Number(uint32_t number) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes += static_cast<char>(number >> shift & 0xff);
  }
  return bytes;
}

}  // namespace zprov::sim::zero
