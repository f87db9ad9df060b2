#include "sim/processes.h"

#include <algorithm>
#include <array>

#include "util/path.h"

namespace zprov::sim {
namespace {

constexpr std::array<std::string_view, 4> kProgramDirectories = {"/usr/sbin", "/usr/bin", "/sbin",
                                                                 "/bin"};
constexpr std::chrono::nanoseconds kUntilKilled = std::chrono::seconds(2);  // os/processes.h
constexpr std::chrono::nanoseconds kTermTakes = std::chrono::milliseconds(1);
constexpr int kEndedByTerm = 128 + 15;
constexpr int kEndedByKill = 128 + 9;

std::string KeyOf(const std::string& program) {
  if (program.find('/') == std::string::npos) return program;
  const std::string directory = ParentOf(program);
  const bool standard = std::find(kProgramDirectories.begin(), kProgramDirectories.end(),
                                  directory) != kProgramDirectories.end();
  return standard ? NameOf(program) : program;
}

}  // namespace

Processes::Processes(EventQueue& queue) : queue_(queue) {
  for (const char* name : {"systemctl", "udevadm", "exportfs"}) {
    Install(name, [](const auto&) { return ProgramRun{}; });
  }
}

Result<os::ProcessId> Processes::Start(const std::vector<std::string>& argv) {
  queue_.CatchUp();
  if (argv.empty() || argv.front().empty()) {
    return Fail(ErrorKind::kInvalid, "no program named: give at least its name");
  }
  if (forbidden_.contains(KeyOf(argv.front()))) {
    return Fail(ErrorKind::kPermission, "start " + argv.front() + ": make it executable");
  }
  const auto program = programs_.find(KeyOf(argv.front()));
  if (program == programs_.end()) {
    return Fail(ErrorKind::kNotFound, "the simulated host has no program " + argv.front() +
                                          ": give it one with sim::Processes::Install");
  }
  started_.push_back(argv);
  const os::ProcessId process = ++last_;
  Running& running = running_[process];
  running.run = program->second(argv);
  using Stream = os::ProcessOutput::Stream;
  queue_.After(running.run.takes / 2, [this, process] {
    const auto found = running_.find(process);
    if (found == running_.end()) return;
    const ProgramRun& run = found->second.run;
    if (!run.out.empty()) queue_.Post(os::ProcessOutput{process, Stream::kOut, run.out});
    if (!run.error.empty()) queue_.Post(os::ProcessOutput{process, Stream::kError, run.error});
  });
  if (running.run.ending == ProgramRun::Ending::kExits) {
    queue_.After(running.run.takes,
                 [this, process, code = running.run.exit_code] { End(process, code); });
  }
  return process;
}

Result<void> Processes::Stop(os::ProcessId process) {
  queue_.CatchUp();
  const auto found = running_.find(process);
  if (found == running_.end()) {
    return Fail(ErrorKind::kNotFound, "process " + std::to_string(process) +
                                          " has ended already, or was never started: go on");
  }
  if (found->second.stopping) return {};
  found->second.stopping = true;
  if (found->second.run.ending == ProgramRun::Ending::kIgnoresTerm) {
    queue_.After(kUntilKilled, [this, process] { End(process, kEndedByKill); });
  } else {
    queue_.After(kTermTakes, [this, process] { End(process, kEndedByTerm); });
  }
  return {};
}

void Processes::End(os::ProcessId process, int exit_code) {
  if (running_.erase(process) == 1) queue_.Post(os::ProcessEnded{process, exit_code});
}

}  // namespace zprov::sim
