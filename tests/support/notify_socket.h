// A socket in systemd's place (sd_notify(3)): what a process says to who started it is heard here.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "adapters/fd.h"

namespace zprov::tests {

// While it lives, this process is told to notify it.
class NotifySocket {
 public:
  // An abstract name, given by the kernel: nothing is left behind.
  NotifySocket() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound = ::bind(socket_.number(), any, size) == 0;
    size = sizeof(address);
    if (!is_bound || ::getsockname(socket_.number(), any, &size) != 0)
      throw std::runtime_error("there is no socket to notify");
    std::string name(address.sun_path, size - sizeof(sa_family_t));
    name[0] = '@';
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~NotifySocket() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // A watchdog waits so long to be told that this process is alive.
  void Watch(const char* microseconds) {
    ::setenv("WATCHDOG_USEC", microseconds, 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }

  std::string Heard() {
    std::string text(4096, '\0');
    const ssize_t size = ::recv(socket_.number(), text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : text.substr(0, static_cast<size_t>(size));
  }

 private:
  adapters::Fd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

}  // namespace zprov::tests
