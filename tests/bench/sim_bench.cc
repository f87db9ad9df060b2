// bench_sim [NODES,…]: how fast the simulator is (5, 50, 500 and 1000 nodes when left out): whole
// clusters that boot under serve until every node reports, all sentences of sim/checks looked at,
// in processor time of one core. The boot set has real names and a thousandth of the real sizes.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <vector>

#include "bench/boot_set.h"
#include "bench/program.h"
#include "cli/cli.h"
#include "sim/run/performance.h"
#include "sim/scenarios/boot_files.h"
#include "util/strings.h"

namespace zprov::bench {
namespace {

using run::Performance;
using std::chrono::seconds;

constexpr size_t kSmaller = 1000;

class Lent : public cli::World {
 public:
  explicit Lent(os::System& system) : system_(system) {}
  os::System& system() override { return system_; }

 private:
  os::System& system_;
};

int Zprov(const run::Call& call) {
  const cli::Wiring wiring{.open_host = [&call]() -> Result<std::unique_ptr<cli::World>> {
                             return std::make_unique<Lent>(call.system);
                           },
                           .open_tree = {},
                           .open_sim = {},
                           .pid = call.pid};
  return cli::Run(call.args, wiring, {call.out, call.err});
}

// What the host's /boot has of it; the initramfs is made there.
void PutSmallBootSet(sim::World& world) {
  for (const BootFile& file : kBootFiles) {
    const std::string name = file.name;
    if (name == "initrd.img") continue;
    const std::string filler(file.size / kSmaller + 1, 'f');
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

void Measure(int nodes) {
  constexpr int kMostBoots = 200;  // of boards, so that no row takes minutes
  run::Plan plan = run::QuietPlan(1);
  plan.nodes = nodes;
  plan.timing = run::Timing::kInstant;
  Performance on(plan, Zprov, {});
  PutSmallBootSet(on.world());
  on.SetUp();
  BootAll(on);
  const int rounds = std::max(1, kMostBoots / nodes);
  const uint64_t events = on.host().events();
  const double begun = CpuSeconds();
  for (int i = 0; i < rounds; ++i) {
    on.RebootHost();
    BootAll(on);
  }
  const double took = (CpuSeconds() - begun) / rounds;
  std::cout << fmt::format("| {} | {:.2f} | {:.1f} | {:.2f} | {} |\n", nodes, took * 1e3, 1 / took,
                           took * 1e3 / nodes,
                           (on.host().events() - events) / static_cast<uint64_t>(rounds));
}

void Run(const std::vector<int>& sizes) {
  std::cout << "| nodes | ms a cluster boot | cluster boots/s and core | ms a node | events |\n"
               "|---|---|---|---|---|\n";
  for (const int nodes : sizes) Measure(nodes);
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram("bench_sim", [&] {
    std::vector<int> sizes;
    for (const std::string_view word : zprov::Split(argc > 1 ? argv[1] : "5,50,500,1000", ',')) {
      constexpr unsigned long kMost = 1000;
      const auto size = zprov::ParseNumber(word, kMost);
      if (!size || *size == 0) throw std::runtime_error("give numbers of nodes from 1 to 1000");
      sizes.push_back(static_cast<int>(*size));
    }
    zprov::bench::Run(sizes);
  });
}
