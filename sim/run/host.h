// The processes of a simulated host. Each runs a real command on a stack of its own; exactly one
// of them, or the conductor (whoever calls here), runs at any time, and gives its turn away only
// where it waits for an event or in a call that takes time. Who is next depends on virtual time and
// the order of the starts alone, so a run can be replayed. What the commands are is not known here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/process.h"
#include "sim/world.h"

namespace zprov::run {

struct Ended {
  Pid pid = 0;
  std::vector<std::string> args;
  std::optional<int> exit;  // nothing: it was killed, or it crashed
  std::string crash;        // an exception that nobody in it caught
  std::string out;
  std::string err;
};

class Host {
 public:
  // `after_each` is called whenever something happened, by whoever has the turn.
  Host(sim::World& world, Program program, std::function<void()> after_each);
  ~Host();  // whoever still runs is killed
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  Pid Start(std::vector<std::string> args, const Pace& pace = {});
  // Nothing happens to a process that is over.
  void Signal(Pid pid, int number);
  void Kill(Pid pid);  // kill -9; only the conductor may
  void KillAll();
  bool Runs(Pid pid) const;
  Process* Find(Pid pid);

  // Lets everything happen until that moment, or until a process has ended, or somebody has called
  // Pause.
  std::vector<Ended> RunUntil(os::Moment moment);
  void Pause() { conductor_wakes_ = os::Moment{0}; }

  bool TakeLinksChanged() { return std::exchange(links_changed_, false); }  // since the last time
  uint64_t events() const { return events_; }                               // that were told so far

 private:
  Result<os::Event> Next(Process& process, os::Moment deadline);
  void TakeTime(Process& process, std::chrono::nanoseconds time);
  void Live(Process& process);
  void Wait(Process* self);
  Process* Choose();
  void Deliver(const os::Event& event);
  Process* OwnerOf(const os::Event& event);
  void Bury(Process& process);

  sim::World& world_;
  Program program_;
  std::function<void()> after_each_;
  std::vector<std::unique_ptr<Process>> processes_;
  size_t last_ = 0;  // who had the last turn
  Turn conductor_;
  os::Moment conductor_wakes_{0};
  bool has_ended_ = false;
  bool links_changed_ = false;
  Pid pids_ = 300;
  uint64_t events_ = 0;
};

}  // namespace zprov::run
