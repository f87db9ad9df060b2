// Jobs on files in the simulated host: each is done a while later in virtual time, one after
// another. A power cut ends those that were not.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <utility>

#include "os/background.h"
#include "sim/clock.h"
#include "sim/events.h"

namespace zprov::sim {

class Background final : public os::Background {
 public:
  // What writing a small file and syncing it may take on an SD card.
  static constexpr std::chrono::milliseconds kTakes{20};

  // All must live as long.
  Background(EventQueue& queue, os::Files& files, os::Trees& trees)
      : queue_(queue), files_(files), trees_(trees) {}

  os::BackgroundId Start(os::BackgroundJob job) override;
  void Finish() override;

 private:
  void DoUpTo(os::BackgroundId last);

  EventQueue& queue_;
  os::Files& files_;
  os::Trees& trees_;
  std::deque<std::pair<os::BackgroundId, os::BackgroundJob>> waiting_;
  os::BackgroundId last_ = 0;
  os::Moment idle_at_{0};  // when all that was started is done
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace zprov::sim
