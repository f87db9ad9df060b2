#include "sim/run/exhaustive.h"

#include <set>
#include <string>
#include <utility>

#include "sim/run/marks.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Stage;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A real Zero runs after 36 s: the second board, that much later, meets every stage of the first.
constexpr int kLatest = 40;
constexpr seconds kBothRunFor{10};

using Pair = std::pair<std::string, std::string>;  // the stages of both, in words

struct Span {
  Pair pair;
  milliseconds from{0};
  milliseconds to{0};
};

Plan Schedule(int late) {
  Plan plan = QuietPlan(1);
  plan.nodes = 2;
  if (late > 0) plan.faults = {{FaultKind::kBoardUnplugged, os::Moment{0}, 1, late}};
  return plan;
}

// From the first power-on until both run.
std::vector<Span> SpansOf(const Plan& schedule, const Program& zprov) {
  const std::string runs(Words(Stage::kHealthy));
  const std::string first(Words(Stage::kRom));
  std::vector<Span> spans{{.pair = {first, first}}};
  bool is_over = false;
  Perform(schedule, zprov, [&](const TraceLine& line) {
    if (is_over || line.who != TraceLine::Who::kBoard) return;
    const auto now = std::chrono::duration_cast<milliseconds>(line.at);
    Span next = spans.back();
    spans.back().to = next.from = now;
    const auto words = Split(line.text, ':');
    (words[0] == "s0" ? next.pair.first : next.pair.second) = Trim(words[1]);
    next.to = now + kBothRunFor;
    is_over = next.pair == Pair{runs, runs};
    spans.push_back(next);
  });
  return spans;
}

// Of each kind, on each board that it can hit. An update is under way when it comes: without a
// command some kinds have nothing to break.
void AddPlans(std::vector<Plan>& plans, const Plan& schedule, os::Moment at) {
  for (const FaultRow& row : AllFaults()) {
    for (int node = 0; node < (row.names_node ? schedule.nodes : 1); ++node) {
      Plan plan = schedule;
      plan.faults.push_back({row.kind, at, node});
      plan.actions = {{ActionKind::kUpdate, at}};
      plans.push_back(std::move(plan));
    }
  }
}

}  // namespace

Exhaustive EveryFaultAtEveryPairOfStages(const Program& zprov) {
  Exhaustive all;
  std::set<Pair> known;
  for (int late = 0; late <= kLatest; ++late) {
    const Plan schedule = Schedule(late);
    for (const Span& span : SpansOf(schedule, zprov)) {
      if (span.to - span.from < milliseconds(2)) continue;  // over before anything can come
      ++all.moments;
      if (!known.insert(span.pair).second) continue;
      AddPlans(all.plans, schedule, span.from + (span.to - span.from) / 2);
    }
  }
  all.pairs = known.size();
  return all;
}

}  // namespace zprov::run
