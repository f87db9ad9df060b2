#include "adapters/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace zprov::adapters {

std::optional<TerminalSize> TerminalAt(int fd) {
  const char* kind = std::getenv("TERM");
  if (::isatty(fd) == 0 || kind == nullptr || std::string_view(kind) == "dumb") return std::nullopt;
  winsize size{};
  TerminalSize terminal;
  const bool is_known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
  if (is_known) terminal = {size.ws_col, size.ws_row};
  return terminal;
}

}  // namespace zprov::adapters
