// What a Zero says it is, told by the simulator's side of the cable: never taken from the product,
// or one slip would pass on both.
#pragma once

#include <cstdint>

namespace zprov::sim {

// src/core/usbboot/README.md, Identification.
inline constexpr uint16_t kBroadcomVendor = 0x0a5c;
inline constexpr uint16_t kBootRomProduct = 0x2763;
inline constexpr uint16_t kSecondStageProduct = 0x2764;
inline constexpr uint8_t kBootRomSerialIndex = 0;
inline constexpr uint8_t kSecondStageSerialIndex = 1;

// The same, A Zero: the network gadget of Linux.
inline constexpr uint16_t kGadgetVendor = 0x0525;
inline constexpr uint16_t kGadgetProduct = 0xa4a2;     // g_ether, or the function geth
inline constexpr uint16_t kGadgetCdcProduct = 0xa4a1;  // CDC Ethernet only
inline constexpr uint8_t kGadgetClass = 2;             // USB: communications

}  // namespace zprov::sim
