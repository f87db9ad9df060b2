// Which of two kernel versions is newer. Not whether a kernel is usable: kernels.h.
#pragma once

#include <string_view>

namespace zprov::bootset {

// As dpkg orders them: runs of digits count as numbers ("6.1.0-9" before "6.1.0-44"), the rest
// letter by letter with "~" before everything, the end included ("6.1~rc3" before "6.1"). Two
// versions that this calls equal but that are spelt differently ("6.01", "6.1") are ordered
// bytewise, so that the order is total.
bool IsOlder(std::string_view a, std::string_view b);

}  // namespace zprov::bootset
