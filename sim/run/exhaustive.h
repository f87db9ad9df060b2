// Exhaustive where it is small: two boards in every pair of boot stages that they can be in at one
// time, and one fault of each kind at each of those pairs. Steps of different boards commute while
// they stay within their stages, so that all moments of one pair are merged into one, and which of
// two equal boards is ahead is no difference. Every plan is one that zprov-sim can be told.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/run.h"

namespace zprov::run {

struct Exhaustive {
  std::vector<Plan> plans;
  uint64_t pairs = 0;    // of stages
  uint64_t moments = 0;  // before they were merged into those pairs: of all steps of all schedules
};

Exhaustive EveryFaultAtEveryPairOfStages(const Program& zprov);

}  // namespace zprov::run
