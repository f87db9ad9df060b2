#include "qemu/usbip/kernel_end.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace zprov::tests {
namespace {

void Close(int fd) {
  const int before = errno;
  close(fd);
  errno = before;
}

}  // namespace

bool GiveSocket(const KernelEnd& end, int socket) {
  const int file = open(end.attribute.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const std::string words = end.before + std::to_string(socket) + end.behind;
  const bool is_taken = write(file, words.data(), words.size()) >= 0;
  Close(file);
  return is_taken;
}

int ConnectTo(const KernelEnd& end) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return -1;
  const bool is_taken = GiveSocket(end, ends[1]);
  Close(ends[1]);  // the kernel has its own
  if (is_taken) return ends[0];
  Close(ends[0]);
  return -1;
}

}  // namespace zprov::tests
