// A run as one self-contained page: hubs with the boards on their ports, the stage of each board
// over time, what serve said of it, recoveries, faults and the operator's actions. It loads nothing
// from anywhere.
#pragma once

#include <string>
#include <vector>

#include "sim/run/run.h"

namespace zprov::run {

struct Story {
  Plan plan;
  Outcome outcome;
  std::vector<TraceLine> lines;
};

std::string PageOf(const Story& story);

}  // namespace zprov::run
