#include "vm/cluster/terminal.h"

#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

constexpr char kLeave = 0x1d;  // Ctrl-], as telnet has it

// Keys go through one by one, while this lives; nothing where stdin is no terminal.
class RawKeys {
 public:
  RawKeys() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios raw = before_;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawKeys() {
    if (is_terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  RawKeys(const RawKeys&) = delete;
  RawKeys& operator=(const RawKeys&) = delete;

 private:
  termios before_{};
  bool is_terminal_;
};

// False: the one who is read has ended, or asks to leave.
bool Carry(int from, int to) {
  std::array<char, 4096> buffer;
  const ssize_t got = read(from, buffer.data(), buffer.size());
  if (got <= 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<size_t>(got));
  if (from == STDIN_FILENO && bytes.find(kLeave) != std::string_view::npos) return false;
  return write(to, bytes.data(), bytes.size()) == got;
}

}  // namespace

Result<void> AttachTerminal(const std::string& socket) {
  ZPROV_ASSIGN(const int line, ConnectTo(socket));
  {
    const RawKeys raw;
    std::array<pollfd, 2> waits{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{line, POLLIN, 0}};
    bool goes_on = write(line, "\r", 1) == 1;  // so that a shell shows itself
    while (goes_on && poll(waits.data(), waits.size(), -1) > 0) {
      if (waits[0].revents != 0) goes_on = Carry(STDIN_FILENO, line);
      if (goes_on && waits[1].revents != 0) goes_on = Carry(line, STDOUT_FILENO);
    }
  }
  close(line);
  return {};
}

}  // namespace zprov::vm
