#include "sim/faults/seam.h"

namespace zprov::faults {

namespace {

std::string Sentence(std::initializer_list<std::string_view> words) {
  std::string sentence;
  for (std::string_view word : words) {
    if (word.empty()) continue;
    if (!sentence.empty()) sentence += ' ';
    sentence += word;
  }
  return sentence;
}

bool CanFail(Touch touch, ErrorKind kind) {
  if (kind == ErrorKind::kNoSpace) return touch == Touch::kTakesSpace;
  if (kind == ErrorKind::kReadOnly) return touch != Touch::kReads;
  return true;
}

}  // namespace

void Seam::Heal() {
  cut_at_.reset();
  fault_.reset();
  is_cut_ = false;
}

std::optional<Error> Seam::Before(Touch touch, std::initializer_list<std::string_view> words) {
  if (is_cut_) return Error{ErrorKind::kGone, "the process has ended"};
  ++calls_;
  if (touch != Touch::kReads) changes_.push_back(calls_);
  if (keeps_log_) log_.push_back(std::to_string(calls_) + " " + Sentence(words));
  if (watcher_) watcher_(calls_, touch);
  if (cut_at_ == calls_) {
    is_cut_ = true;
    throw Cut{calls_, Sentence(words)};
  }
  if (!fault_.has_value() || calls_ < fault_->from || !CanFail(touch, fault_->kind))
    return std::nullopt;
  ++failed_;
  Error error{fault_->kind,
              Sentence(words) + ": " + std::string(Name(fault_->kind)) + " (injected)"};
  if (fault_->repeat == Repeat::kOnce) fault_.reset();
  return error;
}

}  // namespace zprov::faults
