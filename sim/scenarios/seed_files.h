// The files of fixtures/seed/ and fixtures/specs/rig.toml, byte for byte, built into the program.
#pragma once

#include <string_view>

namespace zprov::sim {

// "hosts", "rc.local", … Throws std::logic_error for a name that is not there.
std::string_view SeedFile(std::string_view name);

}  // namespace zprov::sim
