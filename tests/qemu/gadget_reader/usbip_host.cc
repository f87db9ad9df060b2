#include "qemu/gadget_reader/usbip_host.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "qemu/usbip/kernel_end.h"

namespace zprov::tests {
namespace {

// usbip_protocol.rst: every message begins with so many bytes, in words of four, the highest first.
constexpr size_t kHeader = 48;
constexpr size_t kSetupAt = 40;
constexpr uint32_t kSubmit = 1;
constexpr uint32_t kUnlink = 2;
constexpr uint32_t kReturnSubmit = 3;

constexpr uint8_t kIn = 0x80;
constexpr uint8_t kGetDescriptor = 6;
constexpr uint16_t kDevice = 1;
constexpr uint8_t kSetConfiguration = 9;
constexpr uint8_t kSetInterface = 11;
constexpr uint8_t kToInterface = 1;

[[noreturn]] void Stop(const char* what) {
  std::printf("gadget_reader: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

void Put(std::string& header, size_t word, uint32_t value) {
  const uint32_t wire = htonl(value);
  std::memcpy(header.data() + 4 * word, &wire, sizeof wire);
}

uint32_t Get(const std::string& header, size_t word) {
  uint32_t wire = 0;
  std::memcpy(&wire, header.data() + 4 * word, sizeof wire);
  return ntohl(wire);
}

// The lowest byte first (USB 2.0, 8.1).
std::string Bytes(const Setup& setup) {
  std::string bytes{static_cast<char>(setup.type), static_cast<char>(setup.request)};
  for (const uint16_t each : {setup.value, setup.index, setup.length}) {
    bytes += static_cast<char>(each & 0xff);
    bytes += static_cast<char>(each >> 8);
  }
  return bytes;
}

void Send(int socket, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t size = write(socket, bytes.data() + sent, bytes.size() - sent);
    if (size <= 0) Stop("the controller takes no more");
    sent += static_cast<size_t>(size);
  }
}

std::string Read(int socket, size_t size) {
  std::string bytes(size, '\0');
  for (size_t got = 0; got < size;) {
    const ssize_t more = read(socket, bytes.data() + got, size - got);
    if (more <= 0) Stop("the controller says no more");
    got += static_cast<size_t>(more);
  }
  return bytes;
}

}  // namespace

UsbipHost::UsbipHost(const char* attribute) {
  socket_ = ConnectTo({.attribute = attribute});
  if (socket_ < 0) Stop(attribute);
}

UsbipHost::~UsbipHost() { close(socket_); }

// Endpoint 0 or one for IN, whose request is only a length.
uint32_t UsbipHost::Submit(uint8_t endpoint, const Setup& setup, const std::string& out) {
  const bool to_host = ((endpoint | setup.type) & kIn) != 0;
  std::string message(kHeader, '\0');
  Put(message, 0, kSubmit);
  Put(message, 1, ++last_);
  Put(message, 3, to_host ? 1 : 0);
  Put(message, 4, endpoint & 0x0f);
  Put(message, 6, setup.length);
  message.replace(kSetupAt, 8, Bytes(setup));
  if (to_host) reads_.insert(last_);
  Send(socket_, message + out);
  return last_;
}

Answer UsbipHost::Await(uint32_t number) {
  while (!returned_.contains(number)) Receive();
  return returned_.extract(number).mapped();
}

// Nothing of it is under way on return; it may have returned before.
void UsbipHost::Unlink(uint32_t number) {
  std::string message(kHeader, '\0');
  Put(message, 0, kUnlink);
  Put(message, 1, ++last_);
  Put(message, 5, number);
  Send(socket_, message);
  Await(last_);
  reads_.erase(number);
}

void UsbipHost::Receive() {
  const std::string header = Read(socket_, kHeader);
  const uint32_t number = Get(header, 1);
  Answer answer;
  if (Get(header, 0) == kReturnSubmit) {
    const auto status = static_cast<int32_t>(Get(header, 5));
    answer.stalled = status == -EPIPE;
    if (status != 0 && !answer.stalled) {
      errno = -status;
      Stop("a transfer failed");
    }
    if (reads_.erase(number) != 0) answer.bytes = Read(socket_, Get(header, 6));
  }
  returned_[number] = answer;
}

Answer UsbipHost::Control(const Setup& setup, const std::string& out) {
  return Await(Submit(0, setup, out));
}

Answer UsbipHost::Configure(uint8_t value) {
  return Control({.request = kSetConfiguration, .value = value}, "");
}

Answer UsbipHost::Set(uint8_t interface_number, uint8_t setting) {
  return Control(
      {.type = kToInterface, .request = kSetInterface, .value = setting, .index = interface_number},
      "");
}

// The controller serves endpoint 0 and the others in turn (vudc_transfer.c, v_timer).
void UsbipHost::GoAround() {
  for (int i = 0; i < 3; ++i) {
    Control({.type = kIn, .request = kGetDescriptor, .value = kDevice << 8, .length = 18}, "");
  }
}

std::vector<std::string> UsbipHost::Listen(uint8_t endpoint, uint16_t packet_size) {
  std::vector<std::string> notices;
  for (;;) {
    const uint32_t number = Submit(endpoint, {.length = packet_size}, "");
    GoAround();
    const bool silent = !returned_.contains(number);
    if (silent) Unlink(number);
    if (!returned_.contains(number)) return notices;
    notices.push_back(Await(number).bytes);
    if (silent) return notices;
  }
}

}  // namespace zprov::tests
