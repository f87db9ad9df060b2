#include "adapters/journal.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <variant>

#include "adapters/boost_process.h"
#include "adapters/event_loop.h"
#include "adapters/system_clock.h"
#include "util/strings.h"

namespace zprov::adapters {
namespace {

// A journal of a day, as fast as the B+'s processor may print it.
constexpr std::chrono::seconds kJournalDeadline{120};

bool IsAskedToEnd(const os::Event& event) {
  const auto* came = std::get_if<os::SignalCame>(&event);
  return came != nullptr && (came->number == SIGINT || came->number == SIGTERM);
}

}  // namespace

Result<std::string> ReadOutput(const std::vector<std::string>& argv) {
  const auto clock = MakeSystemClock();
  const auto loop = MakeEventLoop(*clock);
  ZPROV_ASSIGN(auto root, Root::Open("/"));
  const auto processes = MakeBoostProcess(*loop, std::move(root));
  ZPROV_TRY(processes->Start(argv));
  const os::Moment late = clock->Now() + kJournalDeadline;
  std::string out;
  std::string error;
  for (;;) {
    ZPROV_ASSIGN(const os::Event event, loop->Next(late));
    if (const auto* text = std::get_if<os::ProcessOutput>(&event)) {
      (text->stream == os::ProcessOutput::Stream::kOut ? out : error) += text->text;
    } else if (const auto* ended = std::get_if<os::ProcessEnded>(&event)) {
      if (ended->exit_code == 0) return out;
      return Fail(ErrorKind::kFailed,
                  fmt::format("{} ended with {}: {}", argv.front(), ended->exit_code, Trim(error)));
    } else if (IsAskedToEnd(event)) {
      return Fail(ErrorKind::kFailed, argv.front() + " was stopped, since a signal asked for it");
    } else if (std::holds_alternative<os::DeadlinePassed>(event)) {
      return Fail(ErrorKind::kTimedOut,
                  fmt::format("{} did not end within {} s: run it by hand to see why", argv.front(),
                              kJournalDeadline.count()));
    }
  }
}

Result<std::string> ReadJournal() {
  return ReadOutput({"journalctl", "--boot", "--lines=100000", "--no-pager", "--quiet",
                     "--output=short-monotonic"});
}

}  // namespace zprov::adapters
