// The simulated rig with a rig.toml and a switch for each node's power, and the real command line
// in front of it: each command is a process that can be interrupted and killed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/run/host.h"
#include "tests/hil/rig.h"

namespace zprov::hil {

class CycledRig : public AcceptedRig {
 protected:
  explicit CycledRig(const sim::ProfilesByPort& profiles = {});

  // The command to its end, and its standard output; what was started before goes on meanwhile.
  run::Ended Zprov(std::vector<std::string> args);
  // `zprov --hil --level cycle --yes`, and those words after it.
  run::Ended RunCycle(const std::vector<std::string>& words = {});
  run::Pid Start(std::vector<std::string> args) { return host_.Start(std::move(args)); }
  run::Ended WaitFor(run::Pid pid);
  // Lets things happen until it is so; false: an hour has passed.
  bool Until(const std::function<bool()>& is_so);

  // Adds lines to rig.toml.
  void Describe(const std::string& more);
  // The scenario is left out.
  void Quarantine(const std::string& scenario);
  sim::zero::Zero& Board(size_t node) { return *zeros_[node]; }
  bool AllAreHealthy() const;
  // Nobody may mount or use its root any more.
  void Unexport(size_t node);
  // Whether a run's note is there: it is under way, or was cut off.
  bool IsMarked() const;
  std::vector<int> Boots() const;  // of each board so far

  // Whether the switch does anything for that node.
  std::function<bool(size_t node)> switches_ = [](size_t) { return true; };
  int switched_ = 0;  // how often
  // Called ten times a second, when no process has the turn: others may be started and killed.
  std::function<void()> each_step_ = [] {};
  run::Host host_;

 private:
  sim::ProgramRun Switch(const std::vector<std::string>& argv);
};

}  // namespace zprov::hil
