#include "engine/run_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>

#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr std::chrono::seconds kGrace{10};         // Stop kills after 2 s
constexpr std::chrono::seconds kBetweenWords{15};  // of progress
constexpr size_t kMostKept = 4096;                 // bytes of output kept for the message

struct Watch {
  os::ProcessId process;
  std::string out;     // all of its stdout
  std::string output;  // the end of all that it said
  std::optional<int> exit_code;
  std::optional<int> signal;  // that asks us to stop
};

// One event; others' events are for nobody here: a command has no other business.
void Take(const os::Event& event, Watch& watch) {
  if (const auto* text = std::get_if<os::ProcessOutput>(&event);
      text != nullptr && text->process == watch.process) {
    if (text->stream == os::ProcessOutput::Stream::kOut) watch.out += text->text;
    watch.output += text->text;
    if (watch.output.size() > kMostKept) watch.output.erase(0, watch.output.size() - kMostKept);
  }
  if (const auto* ended = std::get_if<os::ProcessEnded>(&event);
      ended != nullptr && ended->process == watch.process) {
    watch.exit_code = ended->exit_code;
  }
  if (const auto* came = std::get_if<os::SignalCame>(&event);
      came != nullptr && (came->number == SIGINT || came->number == SIGTERM)) {
    watch.signal = came->number;
  }
}

// Until it ended, a signal came, or the moment passed.
Result<void> WaitUntil(os::System& system, os::Moment moment, Watch& watch) {
  while (!watch.exit_code && !watch.signal) {
    ZPROV_ASSIGN(const os::Event event, system.events.Next(moment));
    if (std::holds_alternative<os::DeadlinePassed>(event)) break;
    Take(event, watch);
  }
  return {};
}

Result<void> WaitAndSay(os::System& system, const Program& program, const OnNotice& notice,
                        Watch& watch) {
  const os::Moment start = system.clock.Now();
  const os::Moment deadline = start + program.deadline;
  for (std::chrono::seconds waited = kBetweenWords;; waited += kBetweenWords) {
    ZPROV_TRY(WaitUntil(system, std::min<os::Moment>(start + waited, deadline), watch));
    if (watch.exit_code || watch.signal || system.clock.Now() >= deadline) return {};
    notice({Notice::Kind::kProgress,
            fmt::format("{}: still at work after {} s", program.argv.front(), waited.count())});
  }
}

std::string LastWords(const Watch& watch) {
  const std::string_view words = Trim(watch.output);
  return words.empty() ? "it said nothing" : std::string(words);
}

// It goes; what it still says is kept.
Result<void> StopAndWait(os::System& system, Watch& watch) {
  watch.signal = std::nullopt;
  auto stopped = system.processes.Stop(watch.process);
  if (!stopped && stopped.error().kind != ErrorKind::kNotFound) return stopped;
  return WaitUntil(system, system.clock.Now() + kGrace, watch);
}

Result<os::ProcessId> StartOne(os::System& system, const Program& program) {
  return program.root.empty() ? system.processes.Start(program.argv)
                              : system.processes.StartIn(program.root, program.argv);
}

}  // namespace

Result<std::string> OutputOf(os::System& system, const Program& program, const OnNotice& notice) {
  ZPROV_ASSIGN(const os::ProcessId process, StartOne(system, program));
  const std::string& name = program.argv.front();
  Watch watch{process, {}, {}, std::nullopt, std::nullopt};
  ZPROV_TRY(WaitAndSay(system, program, notice, watch));
  if (watch.signal) {
    const int signal = *watch.signal;
    ZPROV_TRY(StopAndWait(system, watch));
    return Fail(ErrorKind::kFailed,
                fmt::format("{} was stopped, since signal {} asked for it", name, signal));
  }
  if (!watch.exit_code) {
    ZPROV_TRY(StopAndWait(system, watch));
    return Fail(ErrorKind::kTimedOut,
                fmt::format("{} did not end within {} s and was stopped: run it by hand to see "
                            "why; its last words: {}",
                            name, program.deadline.count(), LastWords(watch)));
  }
  if (*watch.exit_code == 0) return std::move(watch.out);
  return Fail(ErrorKind::kFailed,
              fmt::format("{} ended with {}: {}", name, *watch.exit_code, LastWords(watch)));
}

Result<void> RunToEnd(os::System& system, const Program& program, const OnNotice& notice) {
  ZPROV_TRY(OutputOf(system, program, notice));
  return {};
}

Result<void> RunToEnd(os::System& system, const std::vector<std::string>& argv) {
  return RunToEnd(system, Program{argv}, [](const Notice&) {});
}

}  // namespace zprov::engine
