// What the kernel allows as MTU of a USB Ethernet link, on the gadget's side and on the host's
// (fixtures/kernels/README.md, MTU). Which kernel caps it further is not known here.
#pragma once

#include <cstdint>

namespace zprov::gadget {

constexpr uint32_t kMinMtu = 68;            // ETH_MIN_MTU
constexpr uint32_t kMaxMtu = 15412;         // GETHER_MAX_MTU_SIZE: u_ether since Linux 4.18
constexpr uint32_t kEthernetHeader = 14;    // bytes before the payload
constexpr uint32_t kHighSpeedPacket = 512;  // bytes of a bulk packet at high speed
constexpr uint32_t kFullSpeedPacket = 64;   // the largest at full speed

// usbnet refuses such an MTU (EDOM): a frame would end exactly with a packet of the bus.
constexpr bool FillsLastPacket(uint32_t mtu, uint32_t packet) {
  return (mtu + kEthernetHeader) % packet == 0;
}

}  // namespace zprov::gadget
