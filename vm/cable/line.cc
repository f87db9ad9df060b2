#include "vm/cable/line.h"

#include <algorithm>
#include <utility>

namespace zprov::vm {
namespace {

constexpr size_t kMostUnderWay = 1024;  // frames: 100 ms of the fastest that QEMU carries
constexpr auto kAgain = std::chrono::milliseconds(1);

}  // namespace

bool Line::Send(const std::string& frame) {
  if (under_way_.size() >= kMostUnderWay) return false;
  const os::Moment now = clock_.Now();
  const bool is_late = faults_.delay.count() != 0 || !under_way_.empty() || now < stalled_until_;
  if (!is_late && faults_ == LineFaults{}) return deliver_(frame);
  if (random_.Next() % 100 < faults_.drop_percent) return true;
  std::string carried = frame;
  if (!carried.empty() && random_.Next() % 100 < faults_.corrupt_percent) {
    const uint64_t bit = random_.Next() % (carried.size() * 8);
    carried[bit / 8] = static_cast<char>(carried[bit / 8] ^ (1 << bit % 8));
  }
  const os::Moment before = under_way_.empty() ? now : under_way_.back().due;
  under_way_.push_back({std::max(now + faults_.delay, before), std::move(carried)});
  CatchUp();
  return true;
}

void Line::CatchUp() {
  if (clock_.Now() < stalled_until_) return;
  while (!under_way_.empty() && under_way_.front().due <= clock_.Now()) {
    if (!deliver_(under_way_.front().frame)) {
      under_way_.front().due = clock_.Now() + kAgain;
      return;
    }
    under_way_.pop_front();
  }
}

os::Moment Line::NextDeadline() const {
  if (under_way_.empty()) return os::Moment::max();
  return std::max(under_way_.front().due, stalled_until_);
}

}  // namespace zprov::vm
