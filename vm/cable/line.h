// What lies between the two ends of the network, in one direction: frames pass at once and as they
// are, or late, lost or damaged as it was told. Knows no USB.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "os/clock.h"
#include "sim/zero/random.h"

namespace zprov::vm {

struct LineFaults {
  std::chrono::milliseconds delay{0};
  // Of 100 frames, on average and by the seed.
  uint64_t drop_percent = 0;
  uint64_t corrupt_percent = 0;  // a bit of them is another one

  bool operator==(const LineFaults&) const = default;
};

class Line {
 public:
  // To the other end. False: it has no room now.
  using Deliver = std::function<bool(const std::string& frame)>;

  Line(const os::Clock& clock, sim::zero::Random random, Deliver deliver)
      : clock_(clock), random_(random), deliver_(std::move(deliver)) {}

  void set_faults(const LineFaults& faults) { faults_ = faults; }
  // Nothing arrives before, whatever was sent when; later all of it does.
  void StallUntil(os::Moment end) { stalled_until_ = end; }
  // False: there is no room now. A frame that is lost was sent.
  bool Send(const std::string& frame);
  // What is under way is lost.
  void Clear() { under_way_.clear(); }

  // What is due by now arrives.
  void CatchUp();
  os::Moment NextDeadline() const;

 private:
  struct UnderWay {
    os::Moment due{0};
    std::string frame;
  };

  const os::Clock& clock_;
  sim::zero::Random random_;
  Deliver deliver_;
  LineFaults faults_;
  os::Moment stalled_until_{0};
  std::deque<UnderWay> under_way_;  // in the order in which they were sent, whatever the delay was
};

}  // namespace zprov::vm
