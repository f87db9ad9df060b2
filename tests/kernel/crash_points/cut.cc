#include "kernel/crash_points/cut.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "kernel/hosts/hosts.h"
#include "sim/faults/faulty_system.h"

namespace zprov::tests {

spec::ClusterSpec TwoNodes(spec::Mode mode) {
  spec::ClusterSpec spec = FiveNodes(mode);
  spec.nodes.resize(2);
  return spec;
}

std::unique_ptr<adapters::HostWorld> WorldAt(const LoopBtrfs& disk) {
  return adapters::OpenTreeWorld(disk.path()).value();
}

void RunUntilKilled(const LoopBtrfs& disk, uint64_t last,
                    const std::function<void(os::System&)>& operation) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto world = WorldAt(disk);
    faults::Seam seam;
    seam.BeforeEach([last](uint64_t call, faults::Touch) {
      if (call == last) ::kill(::getpid(), SIGKILL);
    });
    faults::FaultySystem watched(world->system(), seam);
    operation(watched.system());
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "call never made";
}

}  // namespace zprov::tests
