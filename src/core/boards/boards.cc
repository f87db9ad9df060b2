#include "core/boards/boards.h"

#include <algorithm>
#include <array>

namespace zprov::boards {
namespace {

constexpr std::array kBoards = {
    Board{"zero", "Raspberry Pi Zero (BCM2835)", "bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb"},
    Board{"zero-w", "Raspberry Pi Zero W (BCM2835, wireless)", "bcm2708-rpi-zero-w.dtb",
          "bcm2835-rpi-zero-w.dtb"},
};

}  // namespace

std::span<const Board> All() { return kBoards; }

const Board* Find(std::string_view name) {
  const auto row = std::ranges::find(kBoards, name, &Board::name);
  return row == kBoards.end() ? nullptr : &*row;
}

}  // namespace zprov::boards
