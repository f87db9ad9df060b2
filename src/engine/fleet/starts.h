// Who may start now: boards that start all at once can pull the voltage down for each other. First
// come, first served; whoever is slow holds its place only so long.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "os/clock.h"

namespace zprov::engine {

class Starts {
 public:
  // A Zero is back as a file server 2.7 to 4.2 s after its first stage was sent
  // (src/core/usbboot/README.md, A Zero).
  static constexpr os::Moment kHoldsFor = std::chrono::seconds(5);

  explicit Starts(size_t most) : most_(most) {}

  void SetMost(size_t most) { most_ = most; }

  void Ask(const std::string& node);
  void Leave(const std::string& node);  // it started, failed or left; or asks no more
  // Who may start that asked and did not get a place before, and has one from now on.
  std::vector<std::string> Grant(os::Moment now);
  // When a place may become free by itself; Moment::max(): never, or nobody waits.
  os::Moment NextDeadline() const;

 private:
  size_t most_;
  std::deque<std::string> asking_;
  std::map<std::string, os::Moment> starting_;  // and until when they hold the place
};

}  // namespace zprov::engine
