// The board models that a node can be: one table row each. What a board sends and expects on the
// wire is not here (core/usbboot).
#pragma once

#include <span>
#include <string_view>

namespace zprov::boards {

struct Board {
  std::string_view name;         // as the spec's `board` says it
  std::string_view description;  // for a person
  // File names of its device tree. The firmware asks for Raspberry Pi's own (start.elf has
  // "bcm%d-rpi-%s.dtb"; raspberrypi/linux, 18e885eda6a4), and with upstream_kernel=1 in config.txt
  // for the one that kernel.org's kernels and Debian's have (arch/arm/boot/dts/broadcom).
  std::string_view device_tree;
  std::string_view upstream_device_tree;
};

std::span<const Board> All();

// Nothing for a name that no row has.
const Board* Find(std::string_view name);

}  // namespace zprov::boards
