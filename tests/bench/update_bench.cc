// bench_update [TREES [NODES]]: what an update of N nodes costs on a real btrfs (a loop file in
// memory), beside the procedure's script and the bare snapshot calls on the same tree. TREES and
// NODES are lists, "empty,debian" and "5,50,500" when left out. Each side works on a disk of its
// own, and must have made new subvolumes. The sides take turns, and the median of their rounds
// counts: what else the machine does comes and goes. The CPU's time is the calling thread's alone,
// without what the kernel's own threads and the script's programs do.
#include <btrfsutil.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <set>
#include <stdexcept>
#include <tuple>

#include "bench/program.h"
#include "bench/sides.h"
#include "core/spec/format.h"
#include "kernel/hosts/debian_tree.h"
#include "kernel/hosts/hosts.h"
#include "support/loop_btrfs.h"
#include "util/strings.h"

namespace zprov::bench {
namespace {

namespace fs = std::filesystem;
using tests::LoopBtrfs;

constexpr uint64_t kDiskBytes = uint64_t{8} << 30;  // a hole until written
constexpr int kRounds = 3;

// Of one node.
struct Cost {
  double ms = 0;
  double cpu_ms = 0;
};

std::unique_ptr<LoopBtrfs> DiskWith(const std::string& tree) {
  auto disk = Must(LoopBtrfs::Make(kDiskBytes));
  const std::string root = disk->path() + "/host";
  tests::MakeSubvolume(root);
  if (tree == "empty") {
    tests::MakeSmallSystem(root);
  } else {
    Must(tests::UnpackDebian(root));
    fs::remove(root + "/usr/sbin/mkinitramfs");  // InitramfsIn's is taken then
  }
  tests::AddRaspberryPiFiles(root);
  tests::MakeStore(root);
  if (btrfs_util_sync(root.c_str()) != BTRFS_UTIL_OK) throw std::runtime_error("sync");
  return disk;
}

// A ready-made initramfs: what mkinitramfs takes is not what is measured here.
std::string InitramfsIn(const std::string& root) {
  for (const auto& entry : fs::directory_iterator(root + "/boot")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("initrd.img-")) return "/boot/" + name;
  }
  throw std::runtime_error(root + "/boot has no initrd.img");
}

Host HostOn(const LoopBtrfs& disk, int nodes) {
  Host host{disk.path() + "/host", Must(spec::ProcedureSpec(nodes, spec::Mode::kNative))};
  host.spec.boot_initramfs = InitramfsIn(host.root);
  host.spec.boot_arch = spec::BootArch::kAny;
  return host;
}

uint64_t LargestId(const std::string& root) {
  uint64_t id = 0;
  btrfs_util_subvolume_iterator* walk = nullptr;
  if (btrfs_util_create_subvolume_iterator(root.c_str(), 5, 0, &walk) != BTRFS_UTIL_OK) {
    throw std::runtime_error("subvolumes of " + root);
  }
  uint64_t largest = 0;
  while (btrfs_util_subvolume_iterator_next(walk, nullptr, &id) == BTRFS_UTIL_OK) {
    largest = std::max(largest, id);
  }
  btrfs_util_destroy_subvolume_iterator(walk);
  return largest;
}

// Ids are never given twice.
void ExpectNew(const std::vector<std::string>& roots, size_t nodes, uint64_t largest_before) {
  std::set<uint64_t> ids;
  for (const std::string& root : roots) {
    uint64_t id = 0;
    if (btrfs_util_subvolume_id(root.c_str(), &id) != BTRFS_UTIL_OK || id <= largest_before) {
      throw std::runtime_error(root + " is no new subvolume");
    }
    ids.insert(id);
  }
  if (ids.size() != nodes) throw std::runtime_error("not every node has a root of its own");
}

double ThreadCpuMs() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Cost Measure(const Side& side, const LoopBtrfs& pristine, int nodes) {
  const auto disk = Must(pristine.CopyOfBackingFile());
  const Host host = HostOn(*disk, nodes);
  side.prepare(host);
  if (btrfs_util_sync(host.root.c_str()) != BTRFS_UTIL_OK) throw std::runtime_error("sync");
  const uint64_t before = LargestId(host.root);
  const double cpu_before = ThreadCpuMs();
  const auto start = std::chrono::steady_clock::now();
  const std::vector<std::string> roots = side.run(host);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  const double cpu = ThreadCpuMs() - cpu_before;
  ExpectNew(roots, host.spec.nodes.size(), before);
  return {took.count() / nodes, cpu / nodes};
}

Cost MedianOf(std::vector<Cost> rounds) {
  const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [](const Cost& a, const Cost& b) { return a.ms < b.ms; });
  return *middle;
}

// By side.
std::vector<Cost> MeasureAll(const LoopBtrfs& pristine, int nodes) {
  std::vector<std::vector<Cost>> rounds(Sides().size());
  for (int round = 0; round < kRounds; ++round) {
    for (size_t side = 0; side < Sides().size(); ++side) {
      rounds[side].push_back(Measure(Sides()[side], pristine, nodes));
    }
  }
  std::vector<Cost> medians;
  for (auto& of_side : rounds) medians.push_back(MedianOf(std::move(of_side)));
  return medians;
}

void PrintRow(const std::string& tree, int nodes, const std::vector<Cost>& costs) {
  const auto& [script, bare, ours] = std::tie(costs.at(0), costs.at(1), costs.at(2));
  std::cout
      << fmt::format(
             "| {} | {} | {:.1f} | {:.2f} ({:.2f}) | {:.2f} ({:.2f}) | {:.2f} × | {:.1f} × |\n",
             tree, nodes, script.ms, bare.ms, bare.cpu_ms, ours.ms, ours.cpu_ms, ours.ms / bare.ms,
             script.ms / ours.ms)
      << std::flush;
}

void Run(const std::vector<std::string>& trees, const std::vector<std::string>& counts) {
  std::cout << "| tree | nodes | script, ms/node | bare snapshots (CPU) | zprov update (CPU) | "
               "zprov : bare | script : zprov |\n|---|---|---|---|---|---|---|\n";
  for (const std::string& tree : trees) {
    const auto pristine = DiskWith(tree);
    for (const std::string& count : counts) {
      const int nodes = std::stoi(count);
      PrintRow(tree, nodes, MeasureAll(*pristine, nodes));
    }
  }
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  const auto list = [&](int at, const char* usual) {
    std::vector<std::string> words;
    for (const std::string_view word : zprov::Split(argc > at ? argv[at] : usual, ',')) {
      words.emplace_back(word);
    }
    return words;
  };
  return zprov::bench::RunAsProgram(
      "bench_update", [&] { zprov::bench::Run(list(1, "empty,debian"), list(2, "5,50,500")); });
}
