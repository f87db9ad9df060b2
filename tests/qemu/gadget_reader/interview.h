// What a host asks of a network gadget, and the answers as lines for people: the same questions to
// the real one in a Zero (main.cc) and to the cable's model of it (tests/qemu/zero). Nothing but
// the standard library here: it is built for the Zero too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zprov::tests {

// USB 2.0, 9.3.
struct Setup {
  uint8_t type = 0;  // bmRequestType; 0x80: to the host
  uint8_t request = 0;
  uint16_t value = 0;
  uint16_t index = 0;
  uint16_t length = 0;
};

struct Answer {
  bool stalled = false;
  std::string bytes = {};
};

// The host of one device, which it has just reset.
class UsbHost {
 public:
  virtual ~UsbHost() = default;

  virtual Answer Control(const Setup& setup, const std::string& out) = 0;
  virtual Answer Configure(uint8_t value) = 0;
  virtual Answer Set(uint8_t interface_number, uint8_t setting) = 0;
  // All that this interrupt endpoint, whose packets have that size, has to say by now; a packet
  // each.
  virtual std::vector<std::string> Listen(uint8_t endpoint, uint16_t packet_size) = 0;
};

// "configuration 0, endpoint 82: 07 05 82 03 10 00 09": no two with the same words before the
// colon.
std::vector<std::string> Interview(UsbHost& host);

}  // namespace zprov::tests
