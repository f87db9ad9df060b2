#include "sim/processes.h"

#include <algorithm>
#include <array>

#include "sim/os/roots.h"
#include "sim/programs.h"
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

// kNotFound unless the root has such a file; kPermission when nobody may run it.
Result<void> MayRunInside(os::Files& files, const std::string& program, std::string_view root) {
  const std::string doing = "run " + program + " in " + std::string(root);
  std::vector<std::string> places;
  if (program.starts_with('/')) {
    places.push_back(program);
  } else {
    for (std::string_view directory : kProgramDirectories)
      places.push_back(JoinPath(directory, program));
  }
  for (const std::string& place : places) {
    const auto real = files.Resolve(place);
    if (!real.has_value()) continue;
    ZPROV_ASSIGN(const auto status, files.Status(*real));
    if (status->type != os::FileType::kRegular) continue;
    if ((status->mode & 0111) == 0)
      return Fail(ErrorKind::kPermission, doing + ": make it executable");
    return {};
  }
  return Fail(ErrorKind::kNotFound, doing + ": it is not there: install its package in that root");
}

}  // namespace

Processes::Processes(EventQueue& queue, std::optional<View> disk)
    : queue_(queue), disk_(std::move(disk)) {
  for (const char* name : {"systemctl", "udevadm", "exportfs", "journalctl"}) {
    Install(name, [](const auto&) { return ProgramRun{}; });
  }
  InstallInside("mkinitramfs", MakeInitramfs);
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
  return Run(program->second(argv), argv);
}

Result<os::ProcessId> Processes::StartIn(std::string_view root,
                                         const std::vector<std::string>& argv) {
  queue_.CatchUp();
  if (argv.empty() || argv.front().empty())
    return Fail(ErrorKind::kInvalid, "no program named: give at least its name");
  if (!disk_.has_value()) return Fail(ErrorKind::kNotFound, "this world has no disk");
  ZPROV_ASSIGN(const Found found, disk_->Directory(root, Last::kKeep));
  InsideRoot inside(disk_->Inside(found));
  ZPROV_TRY(MayRunInside(inside.files(), argv.front(), root));
  const std::string doing = "run " + argv.front() + " in " + std::string(root);
  if (!runs_roots_) {
    return Fail(ErrorKind::kNotSupported,
                doing + ": this host cannot run programs of that architecture: install " +
                    "qemu-user-static");
  }
  const auto program = inside_.find(KeyOf(argv.front()));
  if (program == inside_.end()) {
    return Fail(ErrorKind::kNotSupported,
                doing + ": nobody simulated it: give it a behaviour with InstallInside");
  }
  std::vector<std::string> command = {"chroot", std::string(root)};
  command.insert(command.end(), argv.begin(), argv.end());
  return Run(program->second(argv, inside), std::move(command));
}

os::ProcessId Processes::Run(ProgramRun run, std::vector<std::string> command) {
  started_.push_back(std::move(command));
  const os::ProcessId process = ++last_;
  Running& running = running_[process];
  running.run = std::move(run);
  using Stream = os::ProcessOutput::Stream;
  queue_.After(running.run.takes / 2, [this, process] {
    const auto still = running_.find(process);
    if (still == running_.end()) return;
    const ProgramRun& said = still->second.run;
    if (!said.out.empty()) queue_.Post(os::ProcessOutput{process, Stream::kOut, said.out});
    if (!said.error.empty()) queue_.Post(os::ProcessOutput{process, Stream::kError, said.error});
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
