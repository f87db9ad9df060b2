#include "hil/program_watch.h"

#include <algorithm>
#include <csignal>

namespace zprov::hil {

ProgramWatch::ProgramWatch(os::System& system)
    : real_(system),
      heard_{.clock = system.clock,
             .files = system.files,
             .trees = system.trees,
             .locks = system.locks,
             .btrfs = system.btrfs,
             .events = *this,
             .processes = system.processes,
             .roots = system.roots,
             .identities = system.identities,
             .archives = system.archives,
             .live = system.live} {}

ProgramWatch::~ProgramWatch() {
  for (const auto& [id, program] : programs_) Stop(id);
}

void ProgramWatch::Stop(os::ProcessId program) {
  if (programs_.at(program).exit) return;
  static_cast<void>(real_.processes.Stop(program));  // it may just have ended by itself
}

Result<os::ProcessId> ProgramWatch::Start(const std::vector<std::string>& argv) {
  ZPROV_ASSIGN(const os::ProcessId id, real_.processes.Start(argv));
  programs_[id] = {};
  return id;
}

std::optional<int> ProgramWatch::ExitOf(os::ProcessId program) const {
  return programs_.at(program).exit;
}

Result<os::Event> ProgramWatch::Next(os::Moment deadline) {
  auto event = real_.events.Next(deadline);
  if (!event) return event;
  if (const auto* output = std::get_if<os::ProcessOutput>(&*event)) {
    const auto found = programs_.find(output->process);
    if (found != programs_.end()) {
      std::string& said = found->second.said;
      said.append(output->text, 0, kMostKept - std::min(kMostKept, said.size()));
    }
  }
  if (const auto* ended = std::get_if<os::ProcessEnded>(&*event)) {
    const auto found = programs_.find(ended->process);
    if (found != programs_.end()) found->second.exit = ended->exit_code;
  }
  if (const auto* came = std::get_if<os::SignalCame>(&*event)) {
    was_interrupted_ |= came->number == SIGINT || came->number == SIGTERM;
  }
  return event;
}

}  // namespace zprov::hil
