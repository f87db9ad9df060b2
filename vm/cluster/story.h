// The logs of a cluster as one: what happened when, whoever wrote it down.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace zprov::vm {

struct Log {
  std::string name;  // for people: "cable 1-1"
  // Lines that begin with a stamp (vm/cable/stamp.h); one without belongs to the line before.
  std::string text;
  // For a console without stamps: when its kernel's clock, which its lines show, was 0.
  std::optional<std::chrono::nanoseconds> kernel_start = {};
};

// Every line of all logs by its time, in the order of its log where times are the same:
// "15:41:37.123456  cable 1-1      | power off".
std::string MergedByTime(const std::vector<Log>& logs);

}  // namespace zprov::vm
