#include "vm/cable/console.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

// What is there by now; nothing: the other end is gone.
std::optional<std::string> ReadFrom(int fd) {
  std::array<char, 4096> buffer;
  const ssize_t got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) return std::string(buffer.data(), static_cast<size_t>(got));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return "";
  return std::nullopt;
}

}  // namespace

Console::~Console() {
  Detach();
  for (const int fd : listeners_) close(fd);
  if (listener_ >= 0) close(listener_);
}

Result<void> Console::Open(const std::string& directory) {
  ZPROV_ASSIGN(listener_, ListenAt(directory + "/console"));
  log_.open(directory + "/console.log", std::ios::binary | std::ios::trunc);
  if (log_) return {};
  return Fail(ErrorKind::kFailed, "cannot write " + directory + "/console.log");
}

void Console::Attach(int machine) {
  Detach();
  machine_ = machine;
}

void Console::Detach() {
  if (machine_ < 0) return;
  Print();  // its last words
  close(std::exchange(machine_, -1));
}

void Console::AddInterest(std::vector<pollfd>& waits) const {
  waits.push_back({machine_, POLLIN, 0});
  waits.push_back({listener_, POLLIN, 0});
  for (const int fd : listeners_) waits.push_back({fd, POLLIN, 0});
}

void Console::Accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    listeners_.push_back(fd);
  }
}

void Console::Print() {
  for (auto bytes = ReadFrom(machine_); bytes && !bytes->empty(); bytes = ReadFrom(machine_)) {
    log_ << lines_.Add(*bytes, clock_.WallTime()) << std::flush;
    for (const int fd : listeners_) {
      send(fd, bytes->data(), bytes->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }
}

void Console::Carry() {
  Accept();
  if (machine_ >= 0) Print();
  std::erase_if(listeners_, [this](int fd) {
    const auto typed = ReadFrom(fd);
    if (!typed) close(fd);
    if (typed && machine_ >= 0) {
      send(machine_, typed->data(), typed->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return !typed;
  });
}

}  // namespace zprov::vm
