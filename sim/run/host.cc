#include "sim/run/host.h"

#include <algorithm>
#include <utility>

#include "sim/zero/random.h"

namespace zprov::run {
namespace {

bool CanRun(const Process& process, os::Moment now) {
  if (process.is_over) return false;
  return process.wakes <= now || (!process.is_in_a_call && !process.inbox.empty());
}

// kill -9: nothing of what it still does takes effect.
void Die(Process& process) {
  process.seam.CutAt(process.seam.calls() + 1);
  (void)process.seam.Before(faults::Touch::kReads, {"kill -9"});
}

}  // namespace

Host::Host(sim::World& world, Program program, std::function<void()> after_each)
    : world_(world), program_(std::move(program)), after_each_(std::move(after_each)) {}

Host::~Host() { KillAll(); }

Pid Host::Start(std::vector<std::string> args, const Pace& pace) {
  processes_.push_back(std::make_unique<Process>(++pids_, std::move(args)));
  Process& process = *processes_.back();
  if (pace.most.count() > 0) {
    process.seam.BeforeEach(
        [this, &process, most = pace.most, random = sim::zero::Random(pace.seed, "pace")](
            uint64_t, faults::Touch) mutable {
          TakeTime(process, random.In({std::chrono::nanoseconds{0}, most}));
        });
  }
  process.turn = std::make_unique<Turn>([this, &process]() -> Turn& {
    Live(process);
    return conductor_;
  });
  return process.pid;
}

void Host::Live(Process& process) {
  try {
    if (!process.is_killed) {
      ProcessSystem world(world_, process, [this, &process](os::Moment deadline) {
        return Next(process, deadline);
      });
      process.exit =
          program_({process.args, process.pid, world.system(), process.out, process.err});
    }
  } catch (const faults::Cut&) {
    process.is_killed = true;
  } catch (const std::exception& exception) {
    process.crash = exception.what();
  }
  process.is_over = true;
  has_ended_ = true;
}

Result<os::Event> Host::Next(Process& process, os::Moment deadline) {
  process.wakes = deadline;
  Wait(&process);
  if (process.is_killed) Die(process);
  if (process.inbox.empty()) return os::DeadlinePassed{};
  os::Event event = std::move(process.inbox.front());
  process.inbox.pop_front();
  return event;
}

void Host::TakeTime(Process& process, std::chrono::nanoseconds time) {
  if (process.is_killed) return;  // its last call: it dies there
  process.is_in_a_call = true;
  process.wakes = world_.clock().Now() + time;
  Wait(&process);
  process.is_in_a_call = false;
  if (process.is_killed) Die(process);
}

void Host::Wait(Process* self) {
  Process* const next = Choose();
  if (next == self) return;
  Turn& mine = self == nullptr ? conductor_ : *self->turn;
  mine.GiveTo(next == nullptr ? conductor_ : *next->turn);
}

Process* Host::Choose() {
  while (true) {
    after_each_();
    const os::Moment now = world_.clock().Now();
    if (has_ended_ || conductor_wakes_ <= now) return nullptr;
    os::Moment until = conductor_wakes_;
    for (size_t i = 1; i <= processes_.size(); ++i) {
      const size_t at = (last_ + i) % processes_.size();
      if (CanRun(*processes_[at], now)) {
        last_ = at;
        return processes_[at].get();
      }
      until = std::min(until, processes_[at]->wakes);
    }
    const auto event = world_.queue().Next(until);
    if (event && !std::holds_alternative<os::DeadlinePassed>(*event)) Deliver(*event);
  }
}

void Host::Deliver(const os::Event& event) {
  ++events_;
  const bool is_usb = std::holds_alternative<os::UsbArrived>(event) ||
                      std::holds_alternative<os::UsbLeft>(event) ||
                      std::holds_alternative<os::BackgroundEnded>(event);
  const bool is_links = std::holds_alternative<os::LinkChanged>(event) ||
                        std::holds_alternative<os::LinksLost>(event);
  links_changed_ = links_changed_ || is_links;
  if (!is_usb && !is_links) {
    Process* const owner = OwnerOf(event);
    if (owner == nullptr) return;
    owner->inbox.push_back(event);
    if (const auto* completed = std::get_if<os::UsbCompleted>(&event)) {
      owner->transfers.erase(completed->transfer);
    }
    return;
  }
  for (const auto& process : processes_) {
    const bool hears = is_usb ? process->watches_usb : process->hears_links;
    if (hears && !process->is_over) process->inbox.push_back(event);
  }
}

// Null: nobody's, or of one that is over. A connection that nobody made is the listener's, and who
// watches the boards listens.
Process* Host::OwnerOf(const os::Event& event) {
  const auto owns = [&event](const Process& process) {
    if (const auto* line = std::get_if<os::ControlLine>(&event))
      return process.connections.contains(line->connection);
    if (const auto* closed = std::get_if<os::ControlClosed>(&event))
      return process.connections.contains(closed->connection);
    if (const auto* completed = std::get_if<os::UsbCompleted>(&event))
      return process.transfers.contains(completed->transfer);
    if (const auto* answer = std::get_if<os::ProbeAnswered>(&event))
      return process.probes.contains(answer->probe);
    if (const auto* output = std::get_if<os::ProcessOutput>(&event))
      return process.programs.contains(output->process);
    const auto* ended = std::get_if<os::ProcessEnded>(&event);
    return ended != nullptr && process.programs.contains(ended->process);
  };
  for (const auto& process : processes_) {
    if (owns(*process)) return process->is_over ? nullptr : process.get();
  }
  const bool is_callers = std::holds_alternative<os::ControlLine>(event) ||
                          std::holds_alternative<os::ControlClosed>(event);
  for (const auto& process : processes_) {
    if (is_callers && process->watches_usb && !process->is_over) return process.get();
  }
  return nullptr;
}

void Host::Signal(Pid pid, int number) {
  if (Process* const process = Find(pid)) process->inbox.push_back(os::SignalCame{number});
}

void Host::Kill(Pid pid) {
  Process* const process = Find(pid);
  if (process == nullptr) return;
  process->is_killed = true;
  conductor_.GiveTo(*process->turn);
}

void Host::KillAll() {
  for (const auto& process : processes_) {
    if (!process->is_over) Kill(process->pid);
    Bury(*process);
  }
  processes_.clear();
  has_ended_ = false;
}

Process* Host::Find(Pid pid) {
  const auto found = std::ranges::find_if(
      processes_, [pid](const auto& each) { return each->pid == pid && !each->is_over; });
  return found == processes_.end() ? nullptr : found->get();
}

bool Host::Runs(Pid pid) const {
  return std::ranges::any_of(
      processes_, [pid](const auto& each) { return each->pid == pid && !each->is_over; });
}

// What the kernel does when a process is gone: its socket has no listener, its jobs are nobody's.
void Host::Bury(Process& process) {
  if (!process.watches_usb) return;
  world_.control().ListenerDies();
  world_.queue().Drop([](const os::Event& event) {
    return std::holds_alternative<os::BackgroundEnded>(event) ||
           std::holds_alternative<os::UsbCompleted>(event);
  });
}

std::vector<Ended> Host::RunUntil(os::Moment moment) {
  conductor_wakes_ = moment;
  Wait(nullptr);
  std::vector<Ended> ended;
  for (const auto& process : processes_) {
    if (!process->is_over) continue;
    Bury(*process);
    ended.push_back({process->pid, process->args, process->exit, process->crash, process->out.str(),
                     process->err.str()});
  }
  std::erase_if(processes_, [](const auto& process) { return process->is_over; });
  last_ = 0;
  has_ended_ = false;
  return ended;
}

}  // namespace zprov::run
