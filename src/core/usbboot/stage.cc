#include "core/usbboot/stage.h"

#include <algorithm>
#include <array>

#include "core/usbboot/ids.h"

namespace zprov::usbboot {
namespace {

// README.md of this folder, Identification and the lookup of "-d DIR -o".
constexpr std::array kChips = {
    Chip{kBootRomProduct, "BCM2835", "bootcode.bin", "2710"},
    Chip{kSecondStageProduct, "BCM2836 or BCM2837", "bootcode.bin", "2710"},
    Chip{kPi4Product, "BCM2711", "bootcode4.bin", "2711"},
    Chip{kPi5Product, "BCM2712", "bootcode5.bin", "2712"},
};

}  // namespace

std::optional<Speaker> Identify(uint16_t vendor, uint16_t product, uint8_t serial_index) {
  if (vendor != kBroadcomVendor) return std::nullopt;
  const auto row = std::ranges::find(kChips, product, &Chip::product);
  if (row == kChips.end()) return std::nullopt;
  const bool is_rom = serial_index == kSerialOfRom || serial_index == kSerialOfLaterRom;
  return Speaker{&*row, is_rom ? Stage::kRom : Stage::kFileServer};
}

}  // namespace zprov::usbboot
