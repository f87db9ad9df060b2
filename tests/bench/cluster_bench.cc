// bench_cluster [ZEROS,… [ROOT]]: the cold start of a QEMU cluster: from nothing but images to
// nodes that are all healthy, and where the time goes. ROOT: of the nodes, busybox or debian. When
// left out 1, 3 and 5 Zeros with busybox, and one with Debian. By emulation, so seconds here say
// nothing of a board's; they are CI's.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <vector>

#include "bench/guest.h"
#include "engine/boots/timeline_text.h"
#include "vm/cluster/payload.h"

namespace zprov::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr const char* kBusybox = "busybox";
constexpr const char* kDebian = "debian";

struct Cluster {
  int zeros = 0;
  std::string root;  // of its nodes

  auto operator<=>(const Cluster&) const = default;
};

// Seconds until all are healthy (goal 8).
const std::map<Cluster, double> kGoals = {
    {{3, kBusybox}, 90}, {{5, kBusybox}, 150}, {{1, kDebian}, 120}};

// Seconds of one node's boot.
struct Stages {
  double files = 0;   // from its boot ROM until it has all that it asked for
  double kernel = 0;  // until its link shows
  double mount = 0;   // until its root is mounted
  double report = 0;  // until zprov-node has reported
  double All() const { return files + kernel + mount + report; }
};

struct Row {
  Cluster cluster;
  double bplus = 0;  // until the B+ takes commands
  double apply = 0;  // until zprov is installed and applied, and serve runs
  double boot = 0;   // until all nodes are healthy
  Stages slowest = {};
  double All() const { return bplus + apply + boot; }
};

// How long after `moment` the node came into that state; the moment is then that one.
double Until(const engine::BootTimeline& boot, engine::NodeState state, os::Moment& moment) {
  const auto found = std::ranges::find_if(boot.steps, [state](const engine::BootStep& step) {
    return step.what == engine::BootStep::What::kState && step.text == engine::Name(state);
  });
  if (found == boot.steps.end()) {
    throw std::runtime_error(fmt::format("{} was never {}", boot.node, engine::Name(state)));
  }
  return Seconds(found->after - std::exchange(moment, found->after)).count();
}

Stages StagesOf(const engine::BootTimeline& boot) {
  os::Moment moment{0};
  Stages stages;
  stages.files = Until(boot, engine::NodeState::kServed, moment);
  stages.kernel = Until(boot, engine::NodeState::kGadget, moment);
  stages.mount = Until(boot, engine::NodeState::kMounted, moment);
  stages.report = Until(boot, engine::NodeState::kHealthy, moment);
  return stages;
}

Stages SlowestOf(vm::Bplus& bplus, int zeros) {
  Stages slowest;
  for (int node = 0; node < zeros; ++node) {
    const std::string path = fmt::format("/x/.zprov/boots/s{}/1.json", node);
    const std::string kept =
        Do(bplus, fmt::format("until [ -e {0} ]; do sleep 0.2; done; cat {0}", path));
    const Stages stages = StagesOf(Must(engine::ParseTimeline(kept)));
    if (stages.All() > slowest.All()) slowest = stages;
  }
  return slowest;
}

Row Measure(const Cluster& cluster) {
  const ScratchDirectory directory;
  const int zeros = cluster.zeros;
  const std::string images = Images(directory, cluster.root);
  const std::string payload = Must(
      vm::PackPayload({.directory = directory.path(), .build = ZPROV_BUILD_DIR, .zeros = zeros}));
  Row row{.cluster = cluster};
  auto since = Clock::now();
  const auto lap = [&since] {
    const auto now = Clock::now();
    return Seconds(now - std::exchange(since, now)).count();
  };
  vm::Bplus bplus = Must(vm::Bplus::Boot({.images = images,
                                          .cable = ZPROV_CABLE,
                                          .directory = directory.path(),
                                          .payload = payload,
                                          .zeros = zeros}));
  row.bplus = lap();
  Do(bplus, fmt::format("{} && zprov apply && systemctl start zprov", vm::kInstall));
  row.apply = lap();
  Do(bplus, "zprov boot");
  row.boot = lap();
  row.slowest = SlowestOf(bplus, zeros);
  return row;
}

void Show(const Row& row) {
  const auto goal = kGoals.find(row.cluster);
  const Stages& slowest = row.slowest;
  std::cout
      << fmt::format(
             "| {} | {} | {:.1f} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | "
             "{:.1f} |\n",
             row.cluster.zeros, row.cluster.root, row.All(),
             goal == kGoals.end()
                 ? ""
                 : fmt::format("{:.2f} of {:.0f} s", row.All() / goal->second, goal->second),
             row.bplus, row.apply, row.boot, slowest.files, slowest.kernel, slowest.mount,
             slowest.report)
      << std::flush;
}

std::vector<Cluster> ClustersIn(const std::string& sizes, const std::string& root) {
  if (root != kBusybox && root != kDebian) {
    throw std::runtime_error("give busybox or debian for the nodes' root, not " + root);
  }
  std::vector<Cluster> clusters;
  for (const int zeros : SizesIn(sizes, 15, "Zeros")) clusters.push_back({zeros, root});
  return clusters;
}

void Run(const std::vector<Cluster>& clusters) {
  std::cout << "A cold start in QEMU, seconds\n\n"
               "| Zeros | root | all healthy | goal | B+ boots | installed, applied | all boot | "
               "slowest: boot files | its kernel | its mount | its report |\n"
               "|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Cluster& cluster : clusters) Show(Measure(cluster));
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram("bench_cluster", [&] {
    using namespace zprov::bench;
    auto clusters = ClustersIn(argc > 1 ? argv[1] : "1,3,5", argc > 2 ? argv[2] : kBusybox);
    if (argc == 1) clusters.push_back({1, kDebian});
    Run(clusters);
  });
}
