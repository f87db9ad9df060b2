// Trees to choose from, as Debian and Raspberry Pi OS have them.
#pragma once

#include "core/bootset/kernels.h"

namespace zprov::bootset {

// Debian 12 armel with raspi-firmware and two kernels; overlays beside the firmware.
Available Debian();

// Raspberry Pi OS before Debian 12: one /boot, unnumbered kernels for ARMv6 and ARMv7.
Available RaspberryPiOs();

}  // namespace zprov::bootset
