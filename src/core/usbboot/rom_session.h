// The session with a boot ROM: it gets the first-stage file. That it took it is proved only by the
// board's coming back as a file server, which is not of this session.
#pragma once

#include <array>
#include <string_view>

#include "core/usbboot/session.h"
#include "core/usbboot/wire.h"

namespace zprov::usbboot {

class RomSession {
 public:
  // `first_stage` is not empty, at most kLargestFile, and outlives the session.
  explicit RomSession(std::string_view first_stage);
  RomSession(const RomSession&) = delete;  // acts point into it
  RomSession& operator=(const RomSession&) = delete;

  Act Begin();
  // How the act that was asked for last ended. After Ended it is Ended.
  Act On(const Transferred& transferred);

 private:
  enum class Step { kAnnounceMessage, kSendMessage, kAnnounceFile, kSendFile, kReadStatus, kEnded };

  Act End(Ended ended);
  Act OnStatus(const Transferred& transferred);

  std::string_view first_stage_;
  std::array<char, kBootMessageBytes> message_;
  Step step_ = Step::kAnnounceMessage;
  Ended ended_;
};

}  // namespace zprov::usbboot
