#include "vm/cluster/cable_control.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

constexpr std::chrono::seconds kAnswersWithin{30};  // two busy cores; a cable never works for long

Result<std::string> LineFrom(int fd) {
  std::string line;
  while (line.empty() || line.back() != '\n') {
    pollfd wait{fd, POLLIN, 0};
    const auto patience = std::chrono::milliseconds(kAnswersWithin).count();
    if (poll(&wait, 1, static_cast<int>(patience)) <= 0) {
      return Fail(ErrorKind::kTimedOut, "the cable does not answer");
    }
    std::array<char, 4096> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got <= 0) return Fail(ErrorKind::kFailed, "the cable ended before it answered");
    line.append(buffer.data(), static_cast<size_t>(got));
  }
  line.pop_back();
  return line;
}

}  // namespace

Result<std::string> CableControl::Ask(const std::string& line) {
  ZPROV_ASSIGN(const int fd, ConnectTo(socket_));
  const std::string whole = line + "\n";
  send(fd, whole.data(), whole.size(), MSG_NOSIGNAL);
  auto answer = LineFrom(fd);
  close(fd);
  if (!answer) return answer;
  if (*answer == "ok") return "";
  if (answer->starts_with("ok ")) return answer->substr(3);
  return Fail(ErrorKind::kInvalid, fmt::format("`{}` to a cable: {}", line, *answer));
}

Result<void> CableControl::Order(const std::string& line) {
  ZPROV_TRY(Ask(line));
  return {};
}

Result<void> CableControl::Break(sim::zero::Fault fault, int boots) {
  return Order(fmt::format("fault {} {}", sim::zero::NameOf(fault), boots));
}

Result<void> CableControl::SetPatience(std::chrono::seconds patience) {
  return Order(fmt::format("patience {}", patience.count()));
}

Result<void> CableControl::Delay(std::chrono::milliseconds delay) {
  return Order(fmt::format("delay {}", delay.count()));
}

Result<void> CableControl::DropPercent(int percent) {
  return Order(fmt::format("drop {}", percent));
}

Result<void> CableControl::CorruptPercent(int percent) {
  return Order(fmt::format("corrupt {}", percent));
}

}  // namespace zprov::vm
