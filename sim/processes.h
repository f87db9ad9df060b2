// Programs of the simulated host: a table of behaviours by name. A name that is not in the table is
// not installed, so a program that nobody simulated fails loudly. Not the list of running
// processes: that is sim/process_table.h. Programs that run in another root (StartIn) are a table
// of their own, because they act on the files in there: their files must be there too.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "os/processes.h"
#include "os/roots.h"
#include "sim/disk/walk.h"
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

// A program that runs with `root` for its "/". What it does there is done when it starts.
using ProgramInside =
    std::function<ProgramRun(const std::vector<std::string>& argv, os::InsideRoot& root)>;

class Processes final : public os::Processes {
 public:
  // systemctl, udevadm and exportfs are installed and succeed without a word (a World's exportfs is
  // that of sim/nfs.h); mkinitramfs inside
  // (sim/programs.h). Without a disk no program can run inside a root.
  explicit Processes(EventQueue& queue, std::optional<View> disk = std::nullopt);

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override;
  // kNotSupported when the root has such a program and nobody simulated it.
  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override;
  Result<void> Stop(os::ProcessId process) override;

  // `name` as it is looked up ("exportfs"), or a path outside the system's program directories.
  void Install(std::string name, Program program) {
    programs_[std::move(name)] = std::move(program);
  }
  // The same for programs inside a root.
  void InstallInside(std::string name, ProgramInside program) {
    inside_[std::move(name)] = std::move(program);
  }
  // From now on roots are of another architecture, which this host cannot run: kNotSupported.
  void RefuseForeignRoots() { runs_roots_ = false; }
  // There, but nobody may run it.
  void Forbid(std::string name) { forbidden_.insert(std::move(name)); }
  void Remove(std::string_view name) { programs_.erase(std::string(name)); }

  // Every argv that was started so far, in order; what ran inside a root has "chroot" and that root
  // in front.
  const std::vector<std::vector<std::string>>& Started() const { return started_; }

 private:
  struct Running {
    ProgramRun run;
    bool stopping = false;
  };

  os::ProcessId Run(ProgramRun run, std::vector<std::string> command);
  void End(os::ProcessId process, int exit_code);

  EventQueue& queue_;
  std::optional<View> disk_;
  bool runs_roots_ = true;
  std::map<std::string, Program> programs_;
  std::map<std::string, ProgramInside> inside_;
  std::set<std::string> forbidden_;
  std::map<os::ProcessId, Running> running_;
  std::vector<std::vector<std::string>> started_;
  os::ProcessId last_ = 0;
};

}  // namespace zprov::sim
