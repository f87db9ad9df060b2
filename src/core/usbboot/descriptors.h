// Where to send to, from the configuration descriptor as a board really sent it: possibly shorter
// than it says, possibly nonsense. Source: README.md of this folder, "Identification".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zprov::usbboot {

struct BulkTarget {
  uint8_t interface_number = 0;
  uint8_t endpoint = 0;  // OUT: 1 to 15

  bool operator==(const BulkTarget&) const = default;
};

// The first vendor-class interface that has a bulk OUT; where none is found, rpiboot's rule by the
// number of interfaces. Nothing when not even that number came.
std::optional<BulkTarget> ChooseBulkOut(std::string_view configuration);

}  // namespace zprov::usbboot
