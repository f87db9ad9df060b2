#include "sim/run/swarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "sim/run/marks.h"

namespace zprov::run {
namespace {

constexpr uint64_t kJudgedFrom = 400;        // seeds; fewer may leave out a kind by chance
constexpr uint64_t kMarksJudgedFrom = 5000;  // the same for a kind at a short stage

void AddTo(std::map<std::string, int>& sum, const std::map<std::string, int>& more) {
  for (const auto& [name, count] : more) sum[name] += count;
}

void Add(Tally& tally, const Plan& plan, const Outcome& outcome) {
  ++tally.seeds;
  ++tally.scenarios[std::string(Name(plan.scenario))];
  ++tally.powers[std::string(Name(plan.power))];
  tally.counts.events += outcome.counts.events;
  tally.counts.boots += outcome.counts.boots;
  tally.counts.helped += outcome.counts.helped;
  AddTo(tally.counts.faults, outcome.counts.faults);
  AddTo(tally.counts.actions, outcome.counts.actions);
  AddTo(tally.counts.exits, outcome.counts.exits);
  AddTo(tally.counts.sometimes, outcome.counts.sometimes);
  for (const auto& [name, count] : outcome.counts.faults) {
    ++tally.seeds_of[name];
    tally.faults += static_cast<uint64_t>(count);
  }
  if (outcome.counts.actions.empty()) ++tally.without_action;
  if (!outcome.breaches.empty()) tally.failures.push_back({plan, outcome});
}

// One fault or action less, one weaker, fewer nodes, the usual host and power.
std::vector<Plan> Smaller(const Plan& plan) {
  std::vector<Plan> all;
  for (size_t i = 0; i < plan.faults.size(); ++i) {
    all.push_back(plan);
    all.back().faults.erase(all.back().faults.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (size_t i = 0; i < plan.actions.size(); ++i) {
    all.push_back(plan);
    all.back().actions.erase(all.back().actions.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (plan.nodes > 1) {
    all.push_back(plan);
    all.back().nodes = 1;
    all.push_back(plan);
    --all.back().nodes;
  }
  if (plan.scenario != Scenario::kRig) {
    all.push_back(plan);
    all.back().scenario = Scenario::kRig;
  }
  if (plan.power != BoardPower::kGanged) {
    all.push_back(plan);
    all.back().power = BoardPower::kGanged;
  }
  for (size_t i = 0; i < plan.faults.size(); ++i) {
    if (plan.faults[i].strength == 1) continue;
    all.push_back(plan);
    all.back().faults[i].strength = 1;
  }
  return all;
}

}  // namespace

Tally PerformEach(const PlanOf& plan_of, const HowMany& order, const Program& zprov) {
  Tally tally;
  std::mutex adding;
  std::atomic<uint64_t> next = 0;
  const auto work = [&] {
    for (uint64_t i = next++; i < order.plans; i = next++) {
      const Plan plan = plan_of(i);
      const Outcome outcome = Perform(plan, zprov);
      const std::lock_guard lock(adding);
      Add(tally, plan, outcome);
    }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 1; i < order.jobs; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  std::ranges::sort(tally.failures, {}, [](const Failure& each) {
    return std::pair(each.plan.seed, CommandLine(each.plan));
  });
  return tally;
}

Tally Swarm(const SwarmOrder& order, const Program& zprov) {
  return PerformEach([&order](uint64_t i) { return DrawnPlan(order.first_seed + i); },
                     {.plans = order.seeds, .jobs = order.jobs}, zprov);
}

std::vector<std::string> Missing(const Tally& tally) {
  if (tally.seeds < kJudgedFrom) return {};
  std::vector<std::string> missing;
  if (tally.seeds >= kMarksJudgedFrom) missing = MarksNeverReached(tally.counts.sometimes);
  if (tally.faults < 3 * tally.seeds) missing.push_back("3 faults in a seed on average");
  if (tally.without_action > 0) missing.push_back("an action in every seed");
  for (const Scenario scenario : AllScenarios()) {
    const std::string name(Name(scenario));
    if (!tally.scenarios.contains(name)) missing.push_back("a seed that starts from " + name);
  }
  for (const BoardPower power : AllPowers()) {
    const std::string name(Name(power));
    if (!tally.powers.contains(name)) missing.push_back("a seed with power " + name);
  }
  for (const FaultRow& row : AllFaults()) {
    const auto found = tally.seeds_of.find(std::string(row.name));
    const uint64_t seeds = found == tally.seeds_of.end() ? 0 : static_cast<uint64_t>(found->second);
    if (seeds * 100 < tally.seeds)
      missing.push_back(fmt::format("{} in 1 % of the seeds", row.name));
  }
  return missing;
}

Plan Shrink(const Plan& plan, const std::string& sentence, const Program& zprov) {
  Plan smallest = plan;
  while (true) {
    const auto candidates = Smaller(smallest);
    const auto found = std::ranges::find_if(candidates, [&](const Plan& candidate) {
      const Outcome outcome = Perform(candidate, zprov);
      return !outcome.breaches.empty() && outcome.breaches.front().sentence == sentence;
    });
    if (found == candidates.end()) return smallest;
    smallest = *found;
  }
}

}  // namespace zprov::run
