// The board models that a node can be: one table row each. What a board sends and expects on the
// wire is not here (core/usbboot).
#pragma once

#include <span>
#include <string_view>

namespace zprov::boards {

struct Board {
  std::string_view name;         // as the spec's `board` says it
  std::string_view description;  // for a person
};

std::span<const Board> All();

// Nothing for a name that no row has.
const Board* Find(std::string_view name);

}  // namespace zprov::boards
