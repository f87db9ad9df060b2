// Where a plan is performed: the host with its processes and boards, what is due when, what serve
// said last, and the checks. What the single faults and actions do is in inject.cc and operate.cc.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/checks/checks.h"
#include "sim/run/host.h"
#include "sim/run/run.h"

namespace zprov::run {

inline constexpr const char* kSpec = "/etc/zprov/cluster.toml";

// Thrown by the performance alone, to its own caller, when a sentence is broken: the run is over.
struct IsBroken {};

class Performance {
 public:
  Performance(const Plan& plan, const Program& zprov, Trace::OnLine on_line);

  // The host is installed and applied to, and serve runs.
  void SetUp();
  // Everything happens that is due by then.
  void Go(os::Moment until);
  void At(os::Moment moment, std::function<void()> happening);
  void After(std::chrono::nanoseconds delay, std::function<void()> happening) {
    At(Now() + delay, std::move(happening));
  }
  void Break(std::string_view sentence, const std::string& how);

  os::Moment Now() const { return world_.clock().Now(); }
  os::Moment begun() const { return begun_; }  // the first power-on
  const Plan& plan() const { return plan_; }
  sim::World& world() { return world_; }
  Host& host() { return host_; }
  BoardAt& board(int node) { return boards_[static_cast<size_t>(node) % boards_.size()]; }
  std::vector<BoardAt>& boards() { return boards_; }
  const std::map<std::string, Claim>& claims() const { return claims_; }
  Counts& counts() { return counts_; }

  void Say(TraceLine::Who who, const std::string& text);
  void Mark(std::string_view what) { ++counts_.sometimes[std::string(what)]; }
  // The same of a recovery step. Empty: it is the host's.
  void Recovers(const std::string& node, std::string_view step);

  // ---- processes
  // An operator's command. While the host goes down and comes up nobody can log in: it waits.
  void Run(const std::vector<std::string>& args);
  // Its exit code; nothing: it was killed, or did not end in time.
  std::optional<int> RunToTheEnd(std::vector<std::string> args);
  // On stdout, by the command that ended last.
  const std::string& said() const { return said_; }
  void StartServe();
  void StopServe();
  bool Serves() const { return host_.Runs(serve_); }
  Pid serve() const { return serve_; }
  // Calls of commands that start from here on take so long at most.
  void SetPace(std::chrono::nanoseconds most) { pace_ = most; }
  // Whether all that were started end in time.
  bool CommandsEnd();
  // The next command is told this before its first call, or the one that runs now.
  void OnNextCommand(std::function<void(faults::Seam&)> does);
  void EndFaultsOfCalls();

  // ---- the host
  void LosePower();
  void RebootHost();
  // The boards keep their power, and Linux on them runs on without a host.
  void RebootUnderBoards();
  void LinksWereTouched() { links_touched_ = Now(); }

  Outcome Take();

 private:
  void AfterEach();
  Pid Start(std::vector<std::string> args);
  void LookAtMany();
  bool HaveFilesChanged();              // or exports
  bool LookAtBoards();                  // whether one came into another stage
  void NoteRoot(const BoardAt& board);  // which has mounted it now
  bool IsOnTheBus(const std::string& node);
  void NoteClaim(const std::string& node, const std::string& state);
  void HearServe();
  void NoteWhatServeDid(Process& serve);
  void NoteCuts();
  std::string StateSaidOf(const std::string& node);
  void Hear(std::string_view said);
  // Of which kind; nothing: every sentence.
  void Check(std::optional<Check::When> when = {});
  void IsOver(const Ended& ended);
  void HostEnds(os::Moment late);
  void HostIsAway();
  void HostIsBack();

  Plan plan_;
  Trace trace_;
  sim::World world_;
  std::vector<BoardAt> boards_;
  Host host_;
  std::multimap<os::Moment, std::function<void()>> due_;
  os::Moment begun_{0};
  Home home_;
  std::map<std::string, RootInUse> in_use_;
  RootsNamed named_;
  std::map<std::string, Claim> claims_;
  std::vector<sim::zero::Stage> stages_;
  std::map<PortPath, size_t> places_;       // in boards_
  std::vector<int> cuts_;                   // of each board's power, as often as was seen
  std::map<std::string, std::string> cut_;  // Seen::cut
  std::vector<Breach> breaches_;
  std::vector<Recovery> recoveries_;
  Counts counts_;
  Pid serve_ = 0;
  bool serve_is_wanted_ = false;
  bool is_rebooting_ = false;  // until systemd starts serve
  size_t heard_ = 0;           // bytes of what serve said
  std::vector<Pid> commands_;
  std::map<Pid, std::optional<int>> exits_;
  std::string said_;
  std::chrono::nanoseconds pace_{0};
  std::function<void(faults::Seam&)> on_next_command_;
  os::Moment links_touched_{0};
  os::Moment looked_{0};
  uint64_t changes_ = 0;  // of files and exports
};

// What the operator does with a host of the plan's scenario until serve can start.
void SetUpHost(Performance& on);
// What the fault does to the world, and undoes later.
void Inject(Performance& on, const Fault& fault);
// No fault has any effect from here on.
void EndFaults(Performance& on);
void Act(Performance& on, const Action& action);

}  // namespace zprov::run
