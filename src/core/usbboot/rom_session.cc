#include "core/usbboot/rom_session.h"

#include <utility>

namespace zprov::usbboot {
namespace {

constexpr const char* kMessage = "announce the first stage";
constexpr const char* kFile = "send the first stage";
constexpr const char* kStatus = "read the first stage's status";

}  // namespace

RomSession::RomSession(std::string_view first_stage)
    : first_stage_(first_stage), message_(BootMessage(static_cast<uint32_t>(first_stage.size()))) {}

Act RomSession::Begin() {
  step_ = Step::kAnnounceMessage;
  return AnnounceWrite{kBootMessageBytes};
}

Act RomSession::End(Ended ended) {
  step_ = Step::kEnded;
  ended_ = std::move(ended);
  return ended_;
}

Act RomSession::On(const Transferred& transferred) {
  const bool is_done = transferred.end == TransferEnd::kDone;
  switch (step_) {
    case Step::kAnnounceMessage:
      if (!is_done) return End(EndFor(transferred.end, kMessage));
      step_ = Step::kSendMessage;
      return SendBytes{{message_.data(), message_.size()}};
    case Step::kSendMessage:
      if (!is_done || transferred.count != message_.size())
        return End(EndFor(transferred.end, kMessage));
      step_ = Step::kAnnounceFile;
      return AnnounceWrite{static_cast<uint32_t>(first_stage_.size())};
    case Step::kAnnounceFile:
      if (!is_done) return End(EndFor(transferred.end, kFile));
      step_ = Step::kSendFile;
      return SendBytes{first_stage_};
    case Step::kSendFile:
      if (!is_done || transferred.count != first_stage_.size())
        return End(EndFor(transferred.end, kFile));
      step_ = Step::kReadStatus;
      return ReadBytes{kStatusBytes};
    case Step::kReadStatus:
      return OnStatus(transferred);
    case Step::kEnded:
      break;
  }
  return ended_;
}

// One time in four the board has left already, to run what it got.
Act RomSession::OnStatus(const Transferred& transferred) {
  if (transferred.end == TransferEnd::kGone) return End({Ended::How::kAccepted, ""});
  if (transferred.end != TransferEnd::kDone || transferred.bytes.size() < kStatusBytes)
    return End({Ended::How::kUnconfirmed, kStatus});
  const bool is_accepted = ReadWord(transferred.bytes) == 0;
  return End({is_accepted ? Ended::How::kAccepted : Ended::How::kRefused, kStatus});
}

}  // namespace zprov::usbboot
