// What start.elf adds to a board's device tree before Linux has it.
#pragma once

#include <string>

namespace zprov::vm {

// `tree`, a flattened device tree, with that /serial-number. What is no device tree comes back as
// it was: the kernel, or QEMU, says what it makes of it.
std::string WithSerial(const std::string& tree, const std::string& serial);

}  // namespace zprov::vm
