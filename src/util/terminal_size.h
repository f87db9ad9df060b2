// How much a terminal shows at once.
#pragma once

#include <cstddef>

namespace zprov {

struct TerminalSize {
  size_t columns = 80;
  size_t rows = 24;

  bool operator==(const TerminalSize&) const = default;
};

}  // namespace zprov
