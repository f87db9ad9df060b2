#include "vm/cable/unix_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace zprov::vm {
namespace {

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Fail(ErrorKind::kInvalid, path + " is too long for a socket: use a shorter directory");
  }
  path.copy(address.sun_path, path.size());
  return address;
}

tl::unexpected<Error> Failed(const char* what, const std::string& path) {
  return Fail(ErrorKind::kFailed, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

const sockaddr* Generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Result<int> ListenAt(const std::string& path) {
  ZPROV_ASSIGN(const sockaddr_un address, AddressOf(path));
  unlink(path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  constexpr int kMostAtOnce = 8;
  if (fd >= 0 && bind(fd, Generic(address), sizeof(address)) == 0 && listen(fd, kMostAtOnce) == 0) {
    return fd;
  }
  auto failed = Failed("listen at", path);
  if (fd >= 0) close(fd);
  return failed;
}

Result<int> ConnectTo(const std::string& path) {
  ZPROV_ASSIGN(const sockaddr_un address, AddressOf(path));
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, Generic(address), sizeof(address)) == 0) return fd;
  auto failed = Failed("connect to", path);
  if (fd >= 0) close(fd);
  return failed;
}

}  // namespace zprov::vm
