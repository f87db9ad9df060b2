// Programs of the simulated host: a table of behaviours by name. A name that is not in the table is
// not installed, so a program that nobody simulated fails loudly. Not the list of running
// processes: that is sim/process_table.h.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "os/processes.h"
#include "sim/events.h"

namespace zprov::sim {

// How one run of a program goes.
struct ProgramRun {
  enum class Ending { kExits, kHangs, kIgnoresTerm };  // kIgnoresTerm hangs until SIGKILL

  std::string out = {};
  std::string error = {};
  int exit_code = 0;
  std::chrono::nanoseconds takes = std::chrono::milliseconds(20);  // virtual, Start to end
  Ending ending = Ending::kExits;
};

using Program = std::function<ProgramRun(const std::vector<std::string>& argv)>;

class Processes final : public os::Processes {
 public:
  // systemctl, udevadm and exportfs are installed and succeed without a word.
  explicit Processes(EventQueue& queue);

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override;
  Result<void> Stop(os::ProcessId process) override;

  // `name` as it is looked up ("exportfs"), or a path outside the system's program directories.
  void Install(std::string name, Program program) {
    programs_[std::move(name)] = std::move(program);
  }
  // There, but nobody may run it.
  void Forbid(std::string name) { forbidden_.insert(std::move(name)); }
  void Remove(std::string_view name) { programs_.erase(std::string(name)); }

  // Every argv that was started so far, in order.
  const std::vector<std::vector<std::string>>& Started() const { return started_; }

 private:
  struct Running {
    ProgramRun run;
    bool stopping = false;
  };

  void End(os::ProcessId process, int exit_code);

  EventQueue& queue_;
  std::map<std::string, Program> programs_;
  std::set<std::string> forbidden_;
  std::map<os::ProcessId, Running> running_;
  std::vector<std::vector<std::string>> started_;
  os::ProcessId last_ = 0;
};

}  // namespace zprov::sim
