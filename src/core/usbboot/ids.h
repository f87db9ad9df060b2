// The USB identities of boards before Linux runs on them. The one place of these numbers in the
// product; the simulator has its own. Source: README.md of this folder, "Identification".
#pragma once

#include <cstdint>

namespace zprov::usbboot {

constexpr uint16_t kBroadcomVendor = 0x0a5c;
constexpr uint16_t kBootRomProduct = 0x2763;      // BCM2835 boot ROM: Zero, Zero W, B+
constexpr uint16_t kSecondStageProduct = 0x2764;  // bootcode.bin's file server, the Zero's too

}  // namespace zprov::usbboot
