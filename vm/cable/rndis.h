// What Linux's RNDIS function says on its control channel (MS-RNDIS; drivers/usb/gadget/function,
// f_rndis.c and rndis.c). Answers INITIALIZE and takes the rest in silence: no host of ours chooses
// that configuration (README.md, Limits).
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "vm/cable/device.h"

namespace zprov::vm {

class Rndis {
 public:
  // SEND_ENCAPSULATED_COMMAND and GET_ENCAPSULATED_RESPONSE; what is neither stalls.
  sim::UsbReply ReplyTo(const Request& request);
  // RESPONSE_AVAILABLE, once for each answer.
  std::vector<std::string> News() { return std::exchange(news_, {}); }
  // The host has reset the device, or chosen a configuration.
  void Reset() { *this = Rndis(); }

 private:
  void Hear(std::string_view message);

  std::deque<std::string> answers_;
  std::vector<std::string> news_;
};

}  // namespace zprov::vm
