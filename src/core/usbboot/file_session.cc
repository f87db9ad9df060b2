#include "core/usbboot/file_session.h"

#include <utility>

namespace zprov::usbboot {
namespace {

constexpr const char* kAsking = "wait for a request";

}  // namespace

Act FileSession::Begin() { return Ask(); }

Act FileSession::Ask() {
  step_ = Step::kAsk;
  content_ = {};
  return ReadBytes{kRequestBytes};
}

Act FileSession::End(Ended ended) {
  step_ = Step::kEnded;
  ended_ = std::move(ended);
  return ended_;
}

Act FileSession::On(const Transferred& transferred) {
  const bool is_done = transferred.end == TransferEnd::kDone;
  switch (step_) {
    case Step::kAsk:
      return OnRequest(transferred);
    case Step::kAnswerSize:
      if (!is_done) return End(EndFor(transferred.end, "answer " + name_));
      return Ask();
    case Step::kAnnounceFile:
      if (!is_done) return End(EndFor(transferred.end, "send " + name_));
      if (content_.empty()) return Ask();
      step_ = Step::kSendFile;
      return SendBytes{content_};
    case Step::kSendFile:
      if (!is_done || transferred.count != content_.size())
        return End(EndFor(transferred.end, "send " + name_));
      return Ask();
    case Step::kDismiss:  // the session is over, whether it hears it or not
      return End({Ended::How::kDone, ""});
    case Step::kLookUp:
      return LookUp{name_};
    case Step::kEnded:
      break;
  }
  return ended_;
}

Act FileSession::OnRequest(const Transferred& transferred) {
  const TransferEnd end = transferred.end;
  if (end == TransferEnd::kGone || end == TransferEnd::kTimedOut) return End(EndFor(end, kAsking));
  if (end != TransferEnd::kDone) {
    if (++failed_reads_ >= kMostFailedReads) return End(EndFor(end, kAsking));
    return Ask();
  }
  failed_reads_ = 0;
  request_ = ParseRequest(transferred.bytes);
  if (const auto* odd = std::get_if<OddRequest>(&request_)) return OnOdd(*odd);
  odd_requests_ = 0;
  if (std::holds_alternative<Done>(request_)) return End({Ended::How::kDone, ""});
  if (std::holds_alternative<NoMoreNames>(request_)) {
    step_ = Step::kDismiss;
    return AnnounceWrite{0};
  }
  const auto* size = std::get_if<SizeOf>(&request_);
  name_ = size != nullptr ? size->name : std::get<ContentOf>(request_).name;
  step_ = Step::kLookUp;
  return LookUp{name_};
}

// Answered as a missing file. Later chips say things about themselves as often as they like.
Act FileSession::OnOdd(const OddRequest& odd) {
  if (odd.why != Oddity::kMetadata && ++odd_requests_ > kMostOddRequests)
    return End({Ended::How::kNonsense, std::string(Describe(odd.why))});
  name_ = odd.shown;
  step_ = Step::kAnswerSize;
  return AnnounceWrite{0};
}

Act FileSession::Answer(std::optional<std::string_view> content) {
  if (step_ != Step::kLookUp) return On({TransferEnd::kFailed});
  content_ = content.value_or(std::string_view{});
  if (content_.size() > kLargestFile) content_ = {};
  const bool is_size = std::holds_alternative<SizeOf>(request_);
  step_ = is_size ? Step::kAnswerSize : Step::kAnnounceFile;
  return AnnounceWrite{static_cast<uint32_t>(content_.size())};
}

}  // namespace zprov::usbboot
