// bench_plan [NODES]: `zprov plan` with nothing to do for NODES nodes (500 when left out) on a real
// btrfs: time from start to end of the program, and its peak memory. The fastest of several runs:
// what slows a run down is not the program's.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <stdexcept>

#include "adapters/host_world.h"
#include "bench/program.h"
#include "core/spec/format.h"
#include "engine/apply.h"
#include "kernel/hosts/hosts.h"
#include "support/loop_btrfs.h"

namespace zprov::bench {
namespace {

using tests::LoopBtrfs;

constexpr int kRuns = 10;

struct Cost {
  double ms = 0;
  double mib = 0;  // peak
};

// In a process of its own: a child's peak counts what its parent had when it was forked.
template <typename Work>
void InChild(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error("the host to plan for could not be made");
  }
}

bool MakeAppliedHost(const std::string& root, int nodes) {
  tests::MakeSmallSystem(root);
  tests::AddRaspberryPiFiles(root);
  tests::MakeStore(root);
  auto spec = spec::ProcedureSpec(nodes, spec::Mode::kNative).value();
  spec.boot_initramfs = tests::kSmallInitramfs;
  tests::WriteFile(root + "/etc/zprov/cluster.toml", spec::FormatSpec(spec));
  const auto world = adapters::OpenTreeWorld(root);
  if (!world) return false;
  const auto applied = engine::Apply((*world)->system(), spec, {.wishes = {}, .holder = "bench"},
                                     [](const engine::Progress&) {});
  if (!applied) std::cerr << applied.error().message << "\n";
  return applied && applied->refusals.empty();
}

Cost Plan(const std::string& root) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execl(ZPROV_PROGRAM, "zprov", "--root", root.c_str(), "plan", nullptr);
    ::_exit(127);
  }
  int status = 0;
  rusage usage = {};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child) throw std::runtime_error("wait4");
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (status != 0) throw std::runtime_error("zprov plan found something to do, or failed");
  return {took.count(), static_cast<double>(usage.ru_maxrss) / 1024};
}

void Run(int nodes) {
  const auto disk = Must(LoopBtrfs::Make(uint64_t{4} << 30));
  const std::string root = disk->path();
  InChild([&] { return MakeAppliedHost(root, nodes); });
  Cost best = Plan(root);
  for (int i = 1; i < kRuns; ++i) {
    const Cost next = Plan(root);
    best = {std::min(best.ms, next.ms), std::max(best.mib, next.mib)};
  }
  std::cout << "| zprov plan, nothing to do | nodes | ms | peak MiB |\n|---|---|---|---|\n"
            << fmt::format("| | {} | {:.0f} | {:.1f} |\n", nodes, best.ms, best.mib);
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram(
      "bench_plan", [&] { zprov::bench::Run(argc > 1 ? std::stoi(argv[1]) : 500); });
}
