// The USB identities of boards before Linux runs on them. The one place of these numbers in the
// product; the simulator has its own. Source: README.md of this folder, "Identification".
#pragma once

#include <cstdint>

namespace zprov::usbboot {

constexpr uint16_t kBroadcomVendor = 0x0a5c;
constexpr uint16_t kBootRomProduct = 0x2763;      // BCM2835 boot ROM: Zero, Zero W, B+
constexpr uint16_t kSecondStageProduct = 0x2764;  // bootcode.bin's file server, the Zero's too
constexpr uint16_t kPi4Product = 0x2711;
constexpr uint16_t kPi5Product = 0x2712;

// iSerialNumber of the device descriptor, an index and not a string, where the boot ROM speaks.
constexpr uint8_t kSerialOfRom = 0;       // BCM2835 to BCM2710
constexpr uint8_t kSerialOfLaterRom = 3;  // BCM2711, BCM2712

}  // namespace zprov::usbboot
