#include "engine/run_program.h"

#include <fmt/format.h>

#include <optional>

#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr std::chrono::seconds kDeadline{60};  // exportfs and systemctl take seconds at most
constexpr std::chrono::seconds kGrace{10};     // Stop kills after 2 s
constexpr size_t kMostKept = 4096;             // bytes of output kept for the message

struct Watch {
  os::ProcessId process;
  std::string output;  // its end
  std::optional<int> exit_code;
  bool timed_out = false;
};

// One event; others' events are for nobody here: a command has no other business.
void Take(const os::Event& event, Watch& watch) {
  if (const auto* text = std::get_if<os::ProcessOutput>(&event);
      text != nullptr && text->process == watch.process) {
    watch.output += text->text;
    if (watch.output.size() > kMostKept) watch.output.erase(0, watch.output.size() - kMostKept);
  }
  if (const auto* ended = std::get_if<os::ProcessEnded>(&event);
      ended != nullptr && ended->process == watch.process) {
    watch.exit_code = ended->exit_code;
  }
  watch.timed_out = std::holds_alternative<os::DeadlinePassed>(event);
}

Result<void> WaitUntil(os::System& system, os::Moment deadline, Watch& watch) {
  watch.timed_out = false;
  while (!watch.exit_code && !watch.timed_out) {
    ZPROV_ASSIGN(const os::Event event, system.events.Next(deadline));
    Take(event, watch);
  }
  return {};
}

}  // namespace

Result<void> RunToEnd(os::System& system, const std::vector<std::string>& argv) {
  ZPROV_ASSIGN(const os::ProcessId process, system.processes.Start(argv));
  Watch watch{process, {}, std::nullopt};
  ZPROV_TRY(WaitUntil(system, system.clock.Now() + kDeadline, watch));
  if (!watch.exit_code) {
    ZPROV_TRY(system.processes.Stop(process));
    ZPROV_TRY(WaitUntil(system, system.clock.Now() + kGrace, watch));
    return Fail(ErrorKind::kTimedOut,
                fmt::format("{} did not end within {} s and was stopped: run it by hand to see why",
                            argv.front(), kDeadline.count()));
  }
  if (*watch.exit_code == 0) return {};
  return Fail(ErrorKind::kFailed,
              fmt::format("{} ended with {}: {}", argv.front(), *watch.exit_code,
                          watch.output.empty() ? "it said nothing" : Trim(watch.output)));
}

}  // namespace zprov::engine
