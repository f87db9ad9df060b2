// bench_sim [NODES,…]: how fast the simulator is (5, 50, 500 and 1000 nodes when left out): whole
// clusters that boot under serve until every node reports, all sentences of sim/checks looked at,
// in processor time of one core; what a node costs as clusters grow, beside as many nodes in
// clusters of the smallest size that take turns (what is not the cluster's doing but the memory's);
// and drawn seeds as a swarm runs them. The boot set has real names and a thousandth of the real
// sizes but where the row says otherwise.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iostream>
#include <memory>
#include <vector>

#include "bench/boot_set.h"
#include "bench/program.h"
#include "sim/run/memory.h"
#include "sim/run/performance.h"
#include "sim/run/swarm.h"
#include "sim/scenarios/boot_files.h"
#include "support/simulated_zprov.h"
#include "util/strings.h"

namespace zprov::bench {
namespace {

using run::Performance;
using std::chrono::seconds;

constexpr double kBootsGoal = 500;     // of five nodes, a second and core
constexpr double kSeedsGoal = 10'000;  // in kSeedsWithin seconds, however many cores
constexpr double kSeedsWithin = 60;

enum class Sizes : size_t { kReal = 1, kSmall = 1000 };

struct Row {
  int nodes = 0;
  Sizes sizes = Sizes::kSmall;
  double seconds = 0;  // a cluster boot
  double apart = 0;    // seconds of as many nodes in clusters of the smallest size; 0: not measured
  uint64_t events = 0;
};

// What the host's /boot has of it; the initramfs is made there.
void PutBootFiles(sim::World& world, Sizes sizes) {
  for (const BootFile& file : kBootFiles) {
    const std::string name = file.name;
    if (name == "initrd.img") continue;
    const std::string filler(file.size / static_cast<size_t>(sizes) + 1, 'f');
    world.Put("/boot/" + name, name == "kernel.img" ? sim::ArmKernel("6.1.21+\n" + filler) : filler,
              0755);
  }
}

void BootAll(Performance& on) {
  const os::Moment late = on.Now() + std::chrono::minutes(30);
  const auto is_well = [&on](const run::BoardAt& board) {
    const auto claim = on.claims().find(board.name);
    return claim != on.claims().end() && claim->second.state == "healthy";
  };
  while (!std::ranges::all_of(on.boards(), is_well)) {
    if (on.Now() > late) throw std::runtime_error("the nodes do not become healthy");
    on.Go(on.Now() + seconds(1));
  }
}

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// All its nodes run.
std::unique_ptr<Performance> Cluster(int nodes, Sizes sizes) {
  run::Plan plan = run::QuietPlan(1);
  plan.nodes = nodes;
  plan.timing = run::Timing::kInstant;
  auto on = std::make_unique<Performance>(plan, tests::SimulatedZprov, run::Trace::OnLine{});
  PutBootFiles(on->world(), sizes);
  on->SetUp();
  BootAll(*on);
  return on;
}

// Of one boot of them all, one after another; `boots` of boards at least.
double SecondsOf(const std::vector<std::unique_ptr<Performance>>& clusters, int boots) {
  const int nodes = static_cast<int>(clusters.size() * clusters.front()->boards().size());
  const int rounds = std::max(1, boots / nodes);
  const double begun = CpuSeconds();
  for (int i = 0; i < rounds; ++i) {
    for (const auto& on : clusters) {
      on->RebootHost();
      BootAll(*on);
    }
  }
  return (CpuSeconds() - begun) / rounds;
}

Row Measure(int nodes, Sizes sizes, int boots) {
  std::vector<std::unique_ptr<Performance>> one;
  one.push_back(Cluster(nodes, sizes));
  Row row{.nodes = nodes, .sizes = sizes, .seconds = SecondsOf(one, boots)};
  const uint64_t before = one.front()->host().events();
  one.front()->RebootHost();
  BootAll(*one.front());
  row.events = one.front()->host().events() - before;
  return row;
}

double MeasureApart(int nodes, int smallest, int boots) {
  std::vector<std::unique_ptr<Performance>> clusters;
  for (int i = 0; i < nodes / smallest; ++i) clusters.push_back(Cluster(smallest, Sizes::kSmall));
  return SecondsOf(clusters, boots) * nodes / (nodes / smallest * smallest);
}

void Show(const Row& row) {
  const double boots = 1 / row.seconds;
  const bool has_goal = row.nodes == 5 && row.sizes == Sizes::kSmall;
  std::cout << fmt::format(
      "| {} | {} | {:.2f} | {:.1f} | {} | {:.2f} | {} | {} | {:.0f} |\n", row.nodes,
      row.sizes == Sizes::kReal ? "real" : "1/1000", row.seconds * 1e3, boots,
      has_goal ? fmt::format("{:.2f} ×", boots / kBootsGoal) : "", row.seconds * 1e3 / row.nodes,
      row.apart > 0 ? fmt::format("{:.2f}", row.apart * 1e3 / row.nodes) : "", row.events,
      static_cast<double>(row.events) / row.seconds);
}

struct Fit {
  double one = 0;       // seconds
  double exponent = 0;  // 1 where a node costs the same however many there are
};

// The line through log(seconds) over log(nodes).
Fit FitOf(const std::vector<Row>& rows, double Row::*took) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const Row& row : rows) {
    const double nodes = std::log(row.nodes), time = std::log(row.*took);
    x += nodes, y += time, xx += nodes * nodes, xy += nodes * time;
  }
  const auto count = static_cast<double>(rows.size());
  const double slope = (count * xy - x * y) / (count * xx - x * x);
  return {std::exp((y - slope * x) / count), slope};
}

void ShowFits(const std::vector<Row>& rows) {
  const Row& few = rows.front();
  const Row& many = rows.back();
  const Fit together = FitOf(rows, &Row::seconds), apart = FitOf(rows, &Row::apart);
  std::cout << fmt::format(
      "\nfitted: {:.2f} ms × nodes^{:.2f} (meant: an exponent of 1), in clusters of {} that take "
      "turns {:.2f} ms × nodes^{:.2f}; a node of {} costs {:.2f} × one of {}, and {:.2f} × one of "
      "as many in clusters of {}\n",
      together.one * 1e3, together.exponent, few.nodes, apart.one * 1e3, apart.exponent, many.nodes,
      many.seconds / many.nodes / (few.seconds / few.nodes), few.nodes, many.seconds / many.apart,
      few.nodes);
}

void MeasureSwarm() {
  constexpr uint64_t kSeeds = 500;
  const double begun = CpuSeconds();
  const run::Tally tally =
      run::Swarm({.first_seed = 1, .seeds = kSeeds, .jobs = 1}, tests::SimulatedZprov);
  const double took = CpuSeconds() - begun;
  if (!tally.failures.empty()) throw std::runtime_error("a seed breaks a sentence");
  const double seeds = static_cast<double>(kSeeds) / took;
  std::cout << fmt::format(
      "\na swarm: {:.0f} seeds/s and core ({:.2f} × what {:.0f} in {:.0f} s take), {:.0f} "
      "events/s, "
      "{:.1f} boots of boards a seed\n",
      seeds, seeds * kSeedsWithin / kSeedsGoal, kSeedsGoal, kSeedsWithin,
      static_cast<double>(tally.counts.events) / took,
      static_cast<double>(tally.counts.boots) / static_cast<double>(kSeeds));
}

void Run(std::vector<int> sizes) {
  std::ranges::sort(sizes);
  std::cout
      << "| nodes | sizes | ms a cluster boot | cluster boots/s and core | of the goal | ms a "
         "node | the same, apart | events | events/s |\n|---|---|---|---|---|---|---|---|---|\n";
  // So that every row is as sure as the others.
  const int boots = 2 * std::max(10, sizes.back());
  std::vector<Row> rows;
  for (const int nodes : sizes) {
    rows.push_back(Measure(nodes, Sizes::kSmall, boots));
    rows.back().apart = MeasureApart(nodes, sizes.front(), boots);
    Show(rows.back());
  }
  Show(Measure(sizes.front(), Sizes::kReal, boots / 10));
  if (rows.size() > 1) {
    ShowFits(rows);
    MeasureSwarm();
  }
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  zprov::run::KeepFreedMemory();
  return zprov::bench::RunAsProgram("bench_sim", [&] {
    zprov::bench::Run(zprov::bench::SizesIn(argc > 1 ? argv[1] : "5,50,500,1000", 1000, "nodes"));
  });
}
