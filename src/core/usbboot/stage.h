// Which chip speaks at a port, and what it wants: its first-stage file, or files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zprov::usbboot {

struct Chip {
  uint16_t product = 0;
  std::string_view description;  // for a person
  std::string_view first_stage;  // the file its boot ROM is given
  std::string_view directory;    // of files for this family, below the boot directory

  bool operator==(const Chip&) const = default;
};

enum class Stage { kRom, kFileServer };

struct Speaker {
  const Chip* chip = nullptr;
  Stage stage = Stage::kRom;

  bool operator==(const Speaker&) const = default;
};

// From the device descriptor: nothing for what is no board that boots over USB.
std::optional<Speaker> Identify(uint16_t vendor, uint16_t product, uint8_t serial_index);

}  // namespace zprov::usbboot
