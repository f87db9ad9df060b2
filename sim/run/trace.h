// What happened in a run, in words that an operator reads: one line for each thing, and a hash over
// all lines that two runs of the same plan must share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "os/clock.h"

namespace zprov::run {

struct TraceLine {
  enum class Who { kBoard, kServe, kOperator, kFault, kCheck };
  os::Moment at{0};  // since the first power-on
  Who who = Who::kBoard;
  std::string text;
};

std::string_view Name(TraceLine::Who who);
std::string TextOf(const TraceLine& line);  // "  12.345  board     s3: boot ROM"
std::string JsonOf(const TraceLine& line);  // {"at_ms":12345,"who":"board","text":"s3: boot ROM"}

class Trace {
 public:
  using OnLine = std::function<void(const TraceLine&)>;
  explicit Trace(OnLine on_line = {}) : on_line_(std::move(on_line)) {}

  void Say(const TraceLine& line);
  uint64_t hash() const { return hash_; }

 private:
  OnLine on_line_;
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace zprov::run
