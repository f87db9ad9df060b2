// Whether a descriptor is a terminal (isatty(3), ioctl_tty(2)).
#pragma once

#include <optional>

#include "util/terminal_size.h"

namespace zprov::adapters {

// Nothing: `fd` is a file, a pipe, or something that takes no cursor movements (TERM=dumb).
std::optional<TerminalSize> TerminalAt(int fd);

}  // namespace zprov::adapters
