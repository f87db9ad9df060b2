// Numbers that depend on nothing but a seed: every draw gives another one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace zprov::sim::zero {

struct Range {
  std::chrono::nanoseconds least{0};
  std::chrono::nanoseconds most{0};
};

class Random {
 public:
  // Another `name` draws other numbers from the same seed.
  Random(uint64_t seed, std::string_view name) : state_(seed) {
    for (const char c : name) state_ = (state_ ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  }

  // splitmix64
  uint64_t Next() {
    uint64_t number = state_ += 0x9e3779b97f4a7c15;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return number ^ (number >> 31);
  }

  std::chrono::nanoseconds In(const Range& range) {
    const auto width = static_cast<uint64_t>((range.most - range.least).count()) + 1;
    return range.least + std::chrono::nanoseconds(Next() % width);
  }

  // One time in `many`.
  bool OneIn(uint64_t many) { return Next() % many == 0; }

 private:
  uint64_t state_;
};

}  // namespace zprov::sim::zero
