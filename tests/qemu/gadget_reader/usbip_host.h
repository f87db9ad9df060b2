// A USB/IP client (kernel, Documentation/usb/usbip_protocol.rst) of usbip-vudc, a USB device
// controller whose bus is a socket: the host of whatever gadget the machine offers there.
#pragma once

#include <map>
#include <set>

#include "qemu/gadget_reader/interview.h"

namespace zprov::tests {

class UsbipHost final : public UsbHost {
 public:
  // `attribute`: the controller's usbip_sockfd, which takes the number of the socket. Ends the
  // program with a sentence where it does not go on.
  explicit UsbipHost(const char* attribute);
  ~UsbipHost() override;
  UsbipHost(const UsbipHost&) = delete;
  UsbipHost& operator=(const UsbipHost&) = delete;

  Answer Control(const Setup& setup, const std::string& out) override;
  Answer Configure(uint8_t value) override;
  Answer Set(uint8_t interface_number, uint8_t setting) override;
  std::vector<std::string> Listen(uint8_t endpoint, uint16_t packet_size) override;

 private:
  // The number of the request.
  uint32_t Submit(uint8_t endpoint, const Setup& setup, const std::string& out);
  Answer Await(uint32_t number);
  void Unlink(uint32_t number);
  void Receive();
  // The controller has gone around all its endpoints.
  void GoAround();

  int socket_ = -1;
  uint32_t last_ = 0;
  std::set<uint32_t> reads_;             // what is under way whose return has bytes behind it
  std::map<uint32_t, Answer> returned_;  // what nobody awaited yet
};

}  // namespace zprov::tests
