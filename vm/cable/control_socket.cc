#include "vm/cable/control_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

constexpr size_t kLongestLine = 4096;  // an order with the path of a file

// False: it is gone, or talks without end.
bool Read(int fd, std::string& received) {
  std::array<char, kLongestLine> buffer;
  const ssize_t got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  received.append(buffer.data(), static_cast<size_t>(got));
  return received.size() <= kLongestLine || received.find('\n') != std::string::npos;
}

}  // namespace

Result<ControlSocket> ControlSocket::At(const std::string& path) {
  ControlSocket socket;
  ZPROV_ASSIGN(socket.listener_, ListenAt(path));
  return socket;
}

ControlSocket& ControlSocket::operator=(ControlSocket&& other) noexcept {
  std::swap(listener_, other.listener_);
  std::swap(clients_, other.clients_);
  return *this;
}

ControlSocket::~ControlSocket() {
  for (const Client& client : clients_) close(client.fd);
  if (listener_ >= 0) close(listener_);
}

void ControlSocket::AddInterest(std::vector<pollfd>& waits) const {
  waits.push_back({listener_, POLLIN, 0});
  for (const Client& client : clients_) waits.push_back({client.fd, POLLIN, 0});
}

void ControlSocket::Accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    clients_.push_back({fd});
  }
}

void ControlSocket::Serve(const std::function<std::string(std::string_view line)>& answer) {
  Accept();
  std::erase_if(clients_, [&](Client& client) {
    const bool is_there = Read(client.fd, client.received);
    for (;;) {
      const size_t end = client.received.find('\n');
      if (end == std::string::npos) break;
      const std::string said = answer(std::string_view(client.received).substr(0, end)) + "\n";
      client.received.erase(0, end + 1);
      // One who does not read what was answered is not waited for.
      send(client.fd, said.data(), said.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    if (!is_there) close(client.fd);
    return !is_there;
  });
}

}  // namespace zprov::vm
