#include "engine/fleet/conversation.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/usbboot/wire.h"

namespace zprov::engine {
namespace {

using usbboot::TransferEnd;

TransferEnd EndOf(os::UsbOutcome outcome) {
  switch (outcome) {
    case os::UsbOutcome::kDone:
      return TransferEnd::kDone;
    case os::UsbOutcome::kTimedOut:
      return TransferEnd::kTimedOut;
    case os::UsbOutcome::kStalled:
      return TransferEnd::kStalled;
    case os::UsbOutcome::kGone:
      return TransferEnd::kGone;
    case os::UsbOutcome::kCancelled:
    case os::UsbOutcome::kFailed:
      break;
  }
  return TransferEnd::kFailed;
}

}  // namespace

Conversation::Conversation(os::UsbBus& bus, const UsbLine& line) : bus_(bus), line_(line) {}

Conversation::Conversation(os::UsbBus& bus, const UsbLine& line, std::string_view first_stage)
    : bus_(bus), line_(line), session_(std::in_place_type<usbboot::RomSession>, first_stage) {}

Need Conversation::Begin() {
  return Follow(std::visit([](auto& session) { return session.Begin(); }, session_));
}

Need Conversation::Answer(std::optional<std::string_view> content) {
  auto* files = std::get_if<usbboot::FileSession>(&session_);
  if (files == nullptr) return Waiting{};
  return Follow(files->Answer(content));
}

const usbboot::Request* Conversation::request() const {
  const auto* files = std::get_if<usbboot::FileSession>(&session_);
  return files == nullptr ? nullptr : &files->request();
}

usbboot::Act Conversation::Tell(const usbboot::Transferred& transferred) {
  return std::visit([&](auto& session) { return session.On(transferred); }, session_);
}

// Until something is under way, or the session needs what the bus cannot give.
Need Conversation::Follow(usbboot::Act act) {
  while (true) {
    is_asked_ = std::holds_alternative<usbboot::ReadBytes>(act);
    if (auto* look = std::get_if<usbboot::LookUp>(&act)) return std::move(*look);
    if (auto* ended = std::get_if<usbboot::Ended>(&act)) return std::move(*ended);
    doing_ = {.act = std::move(act)};
    Submit();
    if (is_starved_ || !in_flight_.empty()) return Waiting{};
    act = Tell({doing_.end, doing_.done});
  }
}

void Conversation::Submit() {
  is_starved_ = false;
  while (!doing_.is_over && in_flight_.size() < kMostInFlight && SubmitNext()) {
  }
}

// False: nothing more can be submitted now.
bool Conversation::SubmitNext() {
  const os::UsbTransfer transfer = Next();
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  const size_t bytes = bulk != nullptr ? bulk->bytes.size() : 0;
  const auto submitted = bus_.Submit(line_.handle, transfer);
  if (!submitted && submitted.error().kind == ErrorKind::kNoSpace) {
    is_starved_ = in_flight_.empty();
    return false;
  }
  if (!submitted) {
    Stop(submitted.error().kind == ErrorKind::kGone ? TransferEnd::kGone : TransferEnd::kFailed);
    return false;
  }
  in_flight_[*submitted] = bytes;
  doing_.submitted += bytes;
  const auto* send = std::get_if<usbboot::SendBytes>(&doing_.act);
  doing_.is_over = send == nullptr || doing_.submitted == send->bytes.size();
  return true;
}

os::UsbTransfer Conversation::Next() const {
  using std::chrono::milliseconds;
  if (const auto* write = std::get_if<usbboot::AnnounceWrite>(&doing_.act)) {
    const auto words = usbboot::WriteWords(write->length);
    return {os::ControlOut{words.request_type, words.request, words.value, words.index},
            milliseconds(usbboot::kControlTimeoutMs)};
  }
  if (const auto* read = std::get_if<usbboot::ReadBytes>(&doing_.act)) {
    const auto words = usbboot::ReadWords(read->length);
    return {
        os::ControlIn{words.request_type, words.request, words.value, words.index, words.length},
        milliseconds(read->timeout_ms)};
  }
  const std::string_view bytes = std::get<usbboot::SendBytes>(doing_.act).bytes;
  return {os::BulkOut{line_.endpoint, bytes.substr(doing_.submitted, os::kMaxBulk)},
          milliseconds(usbboot::kChunkTimeoutMs)};
}

// The first failure is the act's.
void Conversation::Stop(TransferEnd end) {
  doing_.is_over = true;
  if (doing_.end != TransferEnd::kDone) return;
  doing_.end = end;
  for (const auto& [transfer, bytes] : in_flight_) bus_.Cancel(transfer);
}

Need Conversation::On(const os::UsbCompleted& completed) {
  const auto flight = in_flight_.extract(completed.transfer);
  if (flight.empty()) return Waiting{};
  const TransferEnd end = EndOf(completed.outcome);
  if (std::holds_alternative<usbboot::SendBytes>(doing_.act)) {
    doing_.done += completed.transferred;
    sent_ += completed.transferred;
    const bool is_short = completed.transferred < flight.mapped();
    if (end != TransferEnd::kDone || is_short)
      Stop(end == TransferEnd::kDone ? TransferEnd::kFailed : end);
    Submit();
    if (is_starved_ || !in_flight_.empty()) return Waiting{};
    return Follow(Tell({doing_.end, doing_.done}));
  }
  return Follow(Tell({end, completed.transferred, completed.bytes}));
}

Need Conversation::Resume() {
  if (!is_starved_) return Waiting{};
  Submit();
  if (is_starved_ || !in_flight_.empty()) return Waiting{};
  return Follow(Tell({doing_.end, doing_.done}));
}

}  // namespace zprov::engine
