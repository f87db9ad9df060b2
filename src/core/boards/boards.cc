#include "core/boards/boards.h"

#include <algorithm>
#include <array>

namespace zprov::boards {
namespace {

constexpr std::array kBoards = {
    Board{"zero", "Raspberry Pi Zero (BCM2835)"},
    Board{"zero-w", "Raspberry Pi Zero W (BCM2835, wireless)"},
};

}  // namespace

std::span<const Board> All() { return kBoards; }

const Board* Find(std::string_view name) {
  const auto row = std::ranges::find(kBoards, name, &Board::name);
  return row == kBoards.end() ? nullptr : &*row;
}

}  // namespace zprov::boards
