// One process of the simulated host: what it was started with, what waits for it, and its own view
// of the world, in which only its own programs, connections and jobs answer it.
#pragma once

#include <deque>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "os/events.h"
#include "os/system.h"
#include "sim/faults/faulty_system.h"
#include "sim/run/turn.h"
#include "sim/world.h"

namespace zprov::run {

using Pid = int;

// What a program gets; gives its exit code.
struct Call {
  const std::vector<std::string>& args;  // without the program's own name
  Pid pid;
  os::System& system;
  std::ostream& out;
  std::ostream& err;
};
using Program = std::function<int(const Call&)>;

// How long each call that a process makes may take at most; drawn anew for each. Nobody else's
// clock stands still meanwhile, so that others act in between.
struct Pace {
  std::chrono::nanoseconds most{0};
  uint64_t seed = 1;
};

struct Process {
  Process(Pid number, std::vector<std::string> words) : pid(number), args(std::move(words)) {}

  const Pid pid;
  const std::vector<std::string> args;
  std::ostringstream out;
  std::ostringstream err;

  // ---- what wakes it
  std::deque<os::Event> inbox;
  os::Moment wakes{0};
  bool is_in_a_call = false;  // only time wakes it then
  bool is_killed = false;
  bool is_over = false;
  std::optional<int> exit;  // nothing: it was killed, or it crashed
  std::string crash;        // an exception that nobody in it caught

  // ---- what is its own
  bool watches_usb = false;
  bool hears_links = false;
  std::set<os::ControlId> connections;
  std::set<os::ProcessId> programs;
  std::set<os::ProbeId> probes;
  std::set<os::UsbTransferId> transfers;  // under way

  // ---- what it did since somebody looked
  std::vector<PortPath> device_resets;
  std::vector<std::pair<PortPath, os::UsbBus::PortPower>> switched;
  std::vector<std::vector<std::string>> started;  // programs, with their words

  faults::Seam seam;
  std::unique_ptr<Turn> turn;
};

// The world as that process has it. Both must live as long; `next` is its os::Events::Next.
class ProcessSystem {
 public:
  using Next = std::function<Result<os::Event>(os::Moment deadline)>;

  ProcessSystem(sim::World& world, Process& process, Next next);
  ~ProcessSystem();
  ProcessSystem(const ProcessSystem&) = delete;
  ProcessSystem& operator=(const ProcessSystem&) = delete;

  os::System& system();  // behind the process's seam

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zprov::run
