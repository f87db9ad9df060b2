// A node's boots that are over, as people read them.
#pragma once

#include <string>

#include "engine/boots/boot_ring.h"

namespace zprov::cli {

// The latest boot with everything that happened in it, a line each; below, a row for each boot
// before it, and what cannot be read. Empty when there is none of it.
std::string BootsText(const engine::KeptBoots& kept);

}  // namespace zprov::cli
