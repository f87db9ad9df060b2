// What a node was asked for and got: its timeline and its view.
#include <algorithm>
#include <utility>

#include "core/usbboot/lookup.h"
#include "engine/fleet/deadlines.h"
#include "engine/fleet/node_boot.h"

namespace zprov::engine {
namespace {

using usbboot::Ended;

std::string_view Why(Ended::How how) {
  switch (how) {
    case Ended::How::kAccepted:
    case Ended::How::kUnconfirmed:
    case Ended::How::kDone:
      return "done";
    case Ended::How::kRefused:
      return "refused";
    case Ended::How::kLeft:
      return "it left the bus";
    case Ended::How::kSilent:
      return "no answer in time";
    case Ended::How::kBroken:
      return "the transfer failed";
    case Ended::How::kNonsense:
      return "over and over, and nothing else";
  }
  return "";
}

FileRecord::What MissOf(const std::string& name) {
  return usbboot::Judge(name) == usbboot::Miss::kExpected ? FileRecord::What::kExpectedMiss
                                                          : FileRecord::What::kSuspiciousMiss;
}

}  // namespace

std::string Describe(const Ended& ended) {
  const std::string why(Why(ended.how));
  return ended.doing.empty() ? why : ended.doing + ": " + why;
}

std::string_view Name(NodeState state) {
  switch (state) {
    case NodeState::kAbsent:
      return "absent";
    case NodeState::kRom:
      return "boot ROM";
    case NodeState::kFirstStageSent:
      return "first stage sent";
    case NodeState::kServing:
      return "serving";
    case NodeState::kServed:
      return "served";
    case NodeState::kGadget:
      return "gadget";
    case NodeState::kLink:
      return "link";
    case NodeState::kMounted:
      return "mounted";
    case NodeState::kHealthy:
      return "healthy";
    case NodeState::kUp:
      return "up (unverified)";
    case NodeState::kHalting:
      return "halting";
    case NodeState::kFailed:
      return "failed";
    case NodeState::kRecovering:
      return "recovering";
    case NodeState::kQuarantined:
      return "quarantined";
  }
  return "";
}

bool Runs(NodeState state) { return state == NodeState::kHealthy || state == NodeState::kUp; }

std::optional<NodeState> StateNamed(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(NodeState::kQuarantined); ++i) {
    const auto state = static_cast<NodeState>(i);
    if (Name(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view Name(OrderView::State state) {
  switch (state) {
    case OrderView::State::kUnderWay:
      return "under way";
    case OrderView::State::kDone:
      return "done";
    case OrderView::State::kFailed:
      return "failed";
  }
  return "";
}

std::optional<OrderView::State> OrderStateNamed(std::string_view name) {
  using State = OrderView::State;
  for (const State state : {State::kUnderWay, State::kDone, State::kFailed}) {
    if (Name(state) == name) return state;
  }
  return std::nullopt;
}

std::optional<std::string_view> NodeBoot::LookUp(const std::string& name) {
  const auto content = files_->Content(name);
  const bool is_there = content && !content->empty();
  const bool is_again = is_size_known_ && !timeline_.empty() && file_ == name;
  const auto* request = conversation_ == nullptr ? nullptr : conversation_->request();
  is_size_known_ = request != nullptr && std::holds_alternative<usbboot::SizeOf>(*request);
  file_ = name;
  const auto what = is_there ? FileRecord::What::kFound : MissOf(name);
  if (what == FileRecord::What::kSuspiciousMiss && miss_.empty()) miss_ = name;
  is_record_open_ = true;
  // The content of what had its size asked just before is the same line.
  if (!is_again) {
    Note({.name = name, .what = what, .bytes = is_there ? content->size() : 0, .at = Now()});
  }
  return content;
}

void NodeBoot::NoteOdd() {
  const auto* request = conversation_->request();
  if (request == nullptr || is_record_open_ || conversation_->IsAsked()) return;
  const auto* odd = std::get_if<usbboot::OddRequest>(request);
  if (odd == nullptr) return;
  is_record_open_ = true;
  is_size_known_ = false;
  Note({.name = odd->shown,
        .what = FileRecord::What::kOdd,
        .oddity = std::string(Describe(odd->why)),
        .at = Now()});
}

void NodeBoot::Note(FileRecord record) {
  if (timeline_.size() < NodeView::kMostRecords) {
    timeline_.push_back(std::move(record));
  } else {
    ++records_left_out_;
  }
}

void NodeBoot::NoteArrival() {
  if (!speaker_) return log_.Saw("gadget");
  log_.Saw(speaker_->stage == usbboot::Stage::kRom ? "boot ROM" : "file server");
}

void NodeBoot::EndRecord(std::string_view ending) {
  log_.End(
      {.name = ending, .cause = cause_, .files = timeline_, .files_left_out = records_left_out_});
}

void NodeBoot::NoteAnswered() {
  if (is_record_open_ && records_left_out_ == 0 && !timeline_.empty()) {
    timeline_.back().took = Now() - timeline_.back().at;
  }
  is_record_open_ = false;
}

NodeView NodeBoot::Summary() const {
  std::string step = state_ == NodeState::kRecovering ? StepName() : "";
  if (state_ == NodeState::kRom && is_held_) step = "held";
  if (state_ == NodeState::kRom && halted_) step = "halted";
  if (IsUnheard()) step = "not heard yet";
  return {.node = node_.name,
          .state = state_,
          .since = since_,
          .session = session_,
          .file = file_,
          .bytes = bytes_ + (conversation_ != nullptr ? conversation_->sent() : 0),
          .miss = miss_,
          .cause = cause_,
          .step = std::move(step),
          .failures = failures_,
          .began = began_,
          .generation = mark_ ? mark_->generation : std::nullopt,
          .mtu = mtu_,
          .order = order_};
}

NodeView NodeBoot::View() const {
  NodeView view = Summary();
  view.nonce = mark_ ? mark_->nonce : "";
  view.timeline = timeline_;
  view.records_left_out = records_left_out_;
  return view;
}

}  // namespace zprov::engine
