#include "vm/cable/network_end.h"

#include <chrono>

#include "sim/zero/ids.h"

namespace zprov::vm {
namespace {

using sim::UsbReply;

constexpr size_t kMostWaiting = 64;  // frames: a few jumbo windows
constexpr auto kAgain = std::chrono::milliseconds(1);
constexpr uint8_t kBulkOut = 1;

// Linux's drivers/usb/gadget/function/f_subset.c: one interface, communications class, mobile
// direct line model with the GUID of SAFE, and no settings that the host must choose; string 3 is
// the MAC. The sizes of all and of a bulk packet are put in below.
constexpr std::string_view kGeth{
    "\x09\x02\x00\x00\x01\x01\x00\xc0\x01"
    "\x09\x04\x00\x00\x02\x02\x0a\x00\x00"
    "\x05\x24\x00\x10\x01"
    "\x15\x24\x12\x00\x01\x5d\x34\xcf\x66\x11\x18\x11\xd6\xa2\x1a\x00\x01\x02\xca\x9a\x7f"
    "\x06\x24\x13\x00\x00\x00"
    "\x0d\x24\x0f\x03\x00\x00\x00\x00\xea\x05\x00\x00\x00"
    "\x07\x05\x81\x02\x00\x00\x00"
    "\x07\x05\x01\x02\x00\x00\x00",
    0x4d};

}  // namespace

std::string NetworkEnd::Configuration() const {
  std::string bytes(kGeth);
  bytes[2] = static_cast<char>(bytes.size());
  const size_t packet = PacketSize(speed_);
  for (const size_t from_end : {size_t{3}, size_t{10}}) {
    bytes[bytes.size() - from_end] = static_cast<char>(packet & 0xff);
    bytes[bytes.size() - from_end + 1] = static_cast<char>(packet >> 8);
  }
  return bytes;
}

// SET_ETHERNET_PACKET_FILTER and its like: there is nothing to be set.
UsbReply NetworkEnd::OnControlOut(const os::ControlOut&) { return UsbReply::Taken(); }

// A frame ends with the first packet that is not full.
UsbReply NetworkEnd::OnBulkOut(uint8_t endpoint, std::string_view bytes) {
  if (endpoint != kBulkOut) return UsbReply::Stall();
  const bool is_last = bytes.size() % PacketSize(speed_) != 0 || bytes.empty();
  if (!is_last) {
    coming_ += bytes;
    return UsbReply::Taken();
  }
  if (!told_.frame(coming_ + std::string(bytes))) return UsbReply::Later(kAgain);
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

Device GadgetOf(const std::shared_ptr<NetworkEnd>& end, const std::string& mac) {
  return {.descriptor = {.vendor = sim::kGadgetVendor,
                         .product = sim::kGadgetProduct,
                         .device_class = sim::kGadgetClass,
                         .manufacturer_index = 1,
                         .product_index = 2},
          .strings = {"zprov", "USB network of a node", mac},
          .function = end,
          .bulk_in = [end](size_t most) { return end->BulkIn(most); }};
}

}  // namespace zprov::vm
