// Leads a USB device out of one machine's kernel into another's, or into the same one's again: what
// the two sides of USB/IP do in user space. Where they are two machines, a channel of characters is
// between them, and the first of them says by a byte that its kernel has begun.
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "qemu/usbip/kernel_end.h"

namespace zprov::tests {
namespace {

constexpr const char* kUsage =
    "Usage: usbip_carrier offer CHANNEL SOCKFD\n"
    "       usbip_carrier import CHANNEL ATTACH PORT DEVICE SPEED\n"
    "       usbip_carrier join SOCKFD ATTACH PORT DEVICE SPEED\n"
    "CHANNEL: a serial line or a virtio port. SOCKFD: usbip_sockfd of a device controller, or of "
    "a\n"
    "device that usbip-host has. ATTACH: vhci_hcd's; PORT, DEVICE and SPEED are what it takes.\n";

[[noreturn]] void Stop(const std::string& what) {
  std::printf("usbip_carrier: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

void Wait() { poll(nullptr, 0, 100); }

// No gadget is bound yet, or the port still has the device that was there before.
bool MayComeYet() { return errno == ENODEV || errno == EBUSY; }

KernelEnd Importer(const std::vector<std::string>& words) {
  return {words[2], words[3] + " ", " " + words[4] + " " + words[5]};
}

int Connect(const KernelEnd& end) {
  for (;;) {
    const int socket = ConnectTo(end);
    if (socket >= 0) return socket;
    if (!MayComeYet()) Stop(end.attribute);
    Wait();
  }
}

int Open(const std::string& channel) {
  const int fd = open(channel.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) Stop(channel);
  termios line{};
  if (tcgetattr(fd, &line) != 0) return fd;  // a virtio port has none
  cfmakeraw(&line);
  if (tcsetattr(fd, TCSANOW, &line) != 0) Stop(channel);
  return fd;
}

void Send(int to, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = write(to, bytes, size);
    if (sent <= 0) Stop("cannot send");
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
}

// Until that end says no more.
void Copy(int from, int to) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got <= 0) return;
    Send(to, buffer.data(), static_cast<size_t>(got));
  }
}

// Each way on its own, or two that are full would wait for each other.
[[noreturn]] void Carry(int socket, int channel) {
  std::thread([=] {
    Copy(socket, channel);
    std::_Exit(0);
  }).detach();
  Copy(channel, socket);
  std::_Exit(0);
}

[[noreturn]] void Offer(const std::vector<std::string>& words) {
  const int channel = Open(words[1]);
  const int socket = Connect({.attribute = words[2]});
  Send(channel, "!", 1);
  Carry(socket, channel);
}

[[noreturn]] void Import(const std::vector<std::string>& words) {
  const int channel = Open(words[1]);
  char begun = 0;
  while (read(channel, &begun, 1) != 1) Wait();  // a virtio port whose other end is not there yet
  Carry(Connect(Importer(words)), channel);
}

void Join(const std::vector<std::string>& words) {
  const int socket = Connect({.attribute = words[1]});
  while (!GiveSocket(Importer(words), socket)) {
    if (!MayComeYet()) Stop(words[2]);
    Wait();
  }
}

}  // namespace
}  // namespace zprov::tests

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 3 && words[0] == "offer") zprov::tests::Offer(words);
  if (words.size() == 6 && words[0] == "import") zprov::tests::Import(words);
  if (words.size() == 6 && words[0] == "join") {
    zprov::tests::Join(words);
    return 0;
  }
  std::fputs(zprov::tests::kUsage, stderr);
  return 2;
}
