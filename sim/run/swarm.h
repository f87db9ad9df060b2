// Many seeds, each with its own drawn plan: what broke, and how much was covered. What one seed
// does depends on nothing of the others, however many run at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/run/run.h"

namespace zprov::run {

struct SwarmOrder {
  uint64_t first_seed = 1;
  uint64_t seeds = 1;
  unsigned jobs = 1;
};

struct Failure {
  Plan plan;
  Outcome outcome;
};

struct Tally {
  uint64_t seeds = 0;
  uint64_t faults = 0;
  uint64_t without_action = 0;           // seeds
  Counts counts;                         // of all
  std::map<std::string, int> scenarios;  // how many start from it
  std::map<std::string, int> powers;     // how many have it
  std::map<std::string, int> seeds_of;   // how many have that kind of fault
  std::vector<Failure> failures;         // by seed, and then by their words
};

struct HowMany {
  uint64_t plans = 1;
  unsigned jobs = 1;  // at once
};

using PlanOf = std::function<Plan(uint64_t)>;  // by its number, from 0

Tally PerformEach(const PlanOf& plan_of, const HowMany& order, const Program& zprov);
Tally Swarm(const SwarmOrder& order, const Program& zprov);

// What a swarm of that many seeds should have reached and did not; empty: nothing. Small ones are
// not judged.
std::vector<std::string> Missing(const Tally& tally);

// The smallest plan found that breaks the same sentence: with less and less of what `plan` has.
Plan Shrink(const Plan& plan, const std::string& sentence, const Program& zprov);

}  // namespace zprov::run
