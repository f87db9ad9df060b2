#include "vm/cable/network_end.h"

#include <chrono>

namespace zprov::vm {
namespace {

using sim::UsbReply;

constexpr size_t kMostWaiting = 64;  // frames: a few jumbo windows
constexpr auto kAskAgain = std::chrono::milliseconds(1);
constexpr uint8_t kBulkOut = 1;

}  // namespace

// A frame ends with the first packet that is not full.
UsbReply NetworkEnd::OnBulkOut(uint8_t endpoint, std::string_view bytes) {
  if (endpoint != kBulkOut) return UsbReply::Stall();
  const bool is_last = bytes.size() % PacketSize(speed_) != 0 || bytes.empty();
  if (!is_last) {
    coming_ += bytes;
    return UsbReply::Taken();
  }
  if (!told_.frame(coming_ + std::string(bytes))) return UsbReply::Later(kAskAgain);
  coming_.clear();
  return UsbReply::Taken();
}

void NetworkEnd::OnReset() {
  coming_.clear();
  waiting_.clear();
  fetched_ = 0;
  listens_ = false;
}

// A stream of bytes: a controller may ask in pieces smaller than a frame (QEMU's dwc2 does).
UsbReply NetworkEnd::BulkIn(size_t most) {
  if (!listens_) {
    listens_ = true;
    told_.listens();
  }
  if (waiting_.empty()) return UsbReply::Never();
  const std::string& frame = waiting_.front();
  std::string piece = frame.substr(fetched_, most);
  fetched_ += piece.size();
  if (fetched_ == frame.size()) {
    waiting_.pop_front();
    fetched_ = 0;
  }
  return UsbReply::Taken(std::move(piece));
}

// A frame that fills its last packet gets a byte more, as Linux's gadget and usbnet do it.
bool NetworkEnd::Send(const std::string& frame) {
  if (!listens_) return true;  // lost, as on any link that nobody has taken up
  if (waiting_.size() >= kMostWaiting) return false;
  waiting_.push_back(frame);
  if (frame.size() % PacketSize(speed_) == 0) waiting_.back() += '\0';
  return true;
}

}  // namespace zprov::vm
