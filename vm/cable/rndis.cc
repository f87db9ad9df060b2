#include "vm/cable/rndis.h"

namespace zprov::vm {
namespace {

using sim::UsbReply;

// USB CDC 1.2, 6.2. The interface of control is the first.
constexpr uint8_t kFromClass = 0xa1;
constexpr uint8_t kSendEncapsulated = 0x00;
constexpr uint8_t kGetEncapsulated = 0x01;

// MS-RNDIS, 2.2: type, length and the number of the request, four bytes each, the lowest first.
constexpr std::string_view kInitialize("\x02\x00\x00\x00", 4);
constexpr size_t kNumberAt = 8;
constexpr size_t kNumberSize = 4;

// rndis.c, rndis_init_response: version 1.0, connectionless Ethernet, one packet a transfer, of at
// most its MTU of 1500 and 80 bytes of headers.
constexpr std::string_view kInitialized{
    "\x02\x00\x00\x80\x34\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
    "\x01\x00\x00\x00\x2c\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00",
    52};

// f_rndis.c, rndis_response_complete: a word of its own, no CDC header.
constexpr std::string_view kResponseAvailable("\x01\x00\x00\x00\x00\x00\x00\x00", 8);

}  // namespace

UsbReply Rndis::ReplyTo(const Request& request) {
  if (request.value != 0 || request.index != 0) return UsbReply::Stall();
  if (request.type == kToClass && request.request == kSendEncapsulated) {
    Hear(request.bytes);
    return UsbReply::Taken();
  }
  const bool asks = request.type == kFromClass && request.request == kGetEncapsulated;
  if (!asks || answers_.empty()) return UsbReply::Stall();
  std::string answer = std::move(answers_.front());
  answers_.pop_front();
  return UsbReply::Taken(std::move(answer));
}

void Rndis::Hear(std::string_view message) {
  if (message.size() < kNumberAt + kNumberSize || !message.starts_with(kInitialize)) return;
  std::string answer(kInitialized);
  answer.replace(kNumberAt, kNumberSize, message.substr(kNumberAt, kNumberSize));
  answers_.push_back(std::move(answer));
  news_.emplace_back(kResponseAvailable);
}

}  // namespace zprov::vm
