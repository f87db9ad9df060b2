#include "vm/cable/gadget_shapes.h"

#include <cstdint>

#include "vm/cable/device.h"

namespace zprov::vm {
namespace {

// USB 2.0, 9.6.
constexpr char kBulk = 2;

// 32 ms, in the units of either speed (9.6.6; f_ecm.c, ECM_STATUS_INTERVAL_MS).
constexpr char IntervalAt(sim::UsbSpeed speed) { return speed == sim::UsbSpeed::kHigh ? 9 : 32; }

}  // namespace

std::string Shaped(std::string_view shape, sim::UsbSpeed speed) {
  std::string bytes(shape);
  bytes[2] = static_cast<char>(bytes.size());
  for (size_t at = 0; at < bytes.size(); at += static_cast<uint8_t>(bytes[at])) {
    if (bytes[at + 1] != kEndpointType) continue;
    if (bytes[at + 3] == kBulk) {
      bytes[at + 4] = static_cast<char>(PacketSize(speed) & 0xff);
      bytes[at + 5] = static_cast<char>(PacketSize(speed) >> 8);
    } else if (bytes[at + 3] == kInterrupt) {
      bytes[at + 6] = IntervalAt(speed);
    }
  }
  return bytes;
}

std::string AtOtherSpeed(std::string configuration) {
  configuration[1] = kOtherSpeedType;
  return configuration;
}

}  // namespace zprov::vm
