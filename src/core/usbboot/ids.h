// USB identities of boards that wait for their boot files. Source: usb-boot.md, Identification.
#pragma once

#include <cstdint>

namespace zprov::usbboot {

inline constexpr uint16_t kVendor = 0x0a5c;              // Broadcom
inline constexpr uint16_t kRomProduct = 0x2763;          // boot ROM of the BCM2835
inline constexpr uint16_t kSecondStageProduct = 0x2764;  // what bootcode.bin presents

}  // namespace zprov::usbboot
