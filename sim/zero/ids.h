// What a Zero says it is, told by the simulator's side of the cable: never taken from the product,
// or one slip would pass on both. From src/core/usbboot/README.md, Identification.
#pragma once

#include <cstdint>

namespace zprov::sim {

inline constexpr uint16_t kBroadcomVendor = 0x0a5c;
inline constexpr uint16_t kBootRomProduct = 0x2763;

}  // namespace zprov::sim
