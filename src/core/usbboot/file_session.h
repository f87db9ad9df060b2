// The session with a file server's board: it asks for files by name, in any order and number. What
// is sent goes by the name that is asked for, never by an earlier request.
#pragma once

#include <optional>
#include <string_view>

#include "core/usbboot/session.h"
#include "core/usbboot/wire.h"

namespace zprov::usbboot {

class FileSession {
 public:
  // More odd requests than this one after another end the session.
  static constexpr int kMostOddRequests = 16;
  // So many requests in a row that could not be read do; a stall clears itself.
  static constexpr int kMostFailedReads = 3;

  Act Begin();
  // How the act that was asked for last ended. After Ended it is Ended.
  Act On(const Transferred& transferred);
  // The content of the file that LookUp asked for, which stays where it is until the next LookUp or
  // Ended; nothing where there is no such file. Within one boot a name must always get the same
  // answer. On the wire an empty file is a missing one.
  Act Answer(std::optional<std::string_view> content);

  // The last request, for whoever keeps a record of what a board asked for.
  const Request& request() const { return request_; }

 private:
  enum class Step { kAsk, kLookUp, kAnswerSize, kAnnounceFile, kSendFile, kDismiss, kEnded };

  Act Ask();
  Act End(Ended ended);
  Act OnRequest(const Transferred& transferred);
  Act OnOdd(const OddRequest& odd);

  Step step_ = Step::kAsk;
  Request request_;
  std::string name_;          // of the file under way
  std::string_view content_;  // of the same
  int odd_requests_ = 0;
  int failed_reads_ = 0;
  Ended ended_;
};

}  // namespace zprov::usbboot
