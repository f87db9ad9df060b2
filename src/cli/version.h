// The version of this build, from CMake's project().
#pragma once

namespace zprov::cli {

inline constexpr char kVersion[] = ZPROV_VERSION;

}  // namespace zprov::cli
