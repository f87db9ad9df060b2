#include "sim/zero/boot_rom.h"

#include "sim/zero/wire.h"

namespace zprov::sim::zero {
namespace {

constexpr size_t kMessageSize = 24;
constexpr uint8_t kRomBulkOut = 1;
constexpr uint16_t kStatusSize = 4;

// One vendor interface with bulk OUT 1 of 64 bytes.
constexpr std::string_view kRomConfiguration{
    "\x09\x02\x19\x00\x01\x01\x00\x80\x32"
    "\x09\x04\x00\x00\x01\xff\x00\x00\x00"
    "\x07\x05\x01\x02\x40\x00\x00",
    25};

}  // namespace

std::string BootRom::Configuration() const { return std::string(kRomConfiguration); }

UsbReply BootRom::OnControlOut(const os::ControlOut& request) {
  if (mood_ == Mood::kDeaf) return UsbReply::Never();
  const auto length = AnnouncedLength(request);
  if (!length.has_value()) return UsbReply::Stall();
  if (wants_ == Wants::kMessageLength && *length == kMessageSize) {
    wants_ = Wants::kMessage;
  } else if (wants_ == Wants::kFileLength && *length > 0) {
    wants_ = Wants::kFile;
  } else {
    return UsbReply::Stall();
  }
  missing_ = *length;
  return UsbReply::Taken();
}

UsbReply BootRom::OnBulkOut(uint8_t endpoint, std::string_view bytes) {
  if (mood_ == Mood::kDeaf) return UsbReply::Never();
  const bool is_wanted = wants_ == Wants::kMessage || wants_ == Wants::kFile;
  if (endpoint != kRomBulkOut || !is_wanted || bytes.size() > missing_) return UsbReply::Stall();
  if (wants_ == Wants::kFile && mood_ == Mood::kStallsTheFile) return UsbReply::Stall();
  if (wants_ == Wants::kFile) file_ += bytes;
  missing_ -= bytes.size();
  if (missing_ != 0) return UsbReply::Taken();
  if (wants_ == Wants::kMessage) {
    wants_ = Wants::kFileLength;
  } else {
    wants_ = Wants::kStatusRead;
    is_good_ = told_.file(file_);
  }
  return UsbReply::Taken();
}

UsbReply BootRom::OnControlIn(const os::ControlIn& request) {
  if (mood_ == Mood::kDeaf) return UsbReply::Never();
  if (wants_ != Wants::kStatusRead || !IsRead(request, kStatusSize)) return UsbReply::Stall();
  if (mood_ == Mood::kLeavesBeforeStatus) return UsbReply::Never();
  wants_ = is_good_ ? Wants::kNothing : Wants::kMessageLength;
  file_.clear();
  return UsbReply::Taken(Number(is_good_ ? 0 : 1));
}

void BootRom::OnReset() {
  wants_ = Wants::kMessageLength;
  file_.clear();
  told_.reset();
}

}  // namespace zprov::sim::zero
