#include "sim/run/performance.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include "sim/run/marks.h"
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/power.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Stage;
using std::chrono::seconds;
using Who = TraceLine::Who;

constexpr seconds kHostEnds{5};       // from SIGTERM for all until it is away; inferred
constexpr seconds kHostBoots{20};     // until systemd starts zprov.service
constexpr seconds kRestartAfter{10};  // RestartSec= of zprov.service
constexpr seconds kStopsWithin{30};   // its TimeoutStopSec=: systemd kills who is not over then
constexpr int kPreventsRestart = 2;   // its RestartPreventExitStatus=
constexpr seconds kLinksSettleWithin{60};  // hands are off for a while after a quarrel
constexpr std::chrono::minutes kCommandsEndWithin{20};
// All nodes after every event of each of them would be their number squared. Swarms draw fewer.
constexpr size_t kLookedAtAfterEachEvent = 10;
constexpr seconds kLookAtManyEvery{1};

sim::zero::Profile ProfileOf(const Plan& plan) {
  return plan.timing == Timing::kInstant ? sim::zero::Profile::Instant() : sim::zero::Profile{};
}

bool IsDocumented(int exit) { return exit >= 0 && exit <= 4; }

}  // namespace

Performance::Performance(const Plan& plan, const Program& zprov, Trace::OnLine on_line)
    : plan_(plan),
      trace_(std::move(on_line)),
      world_({.seed = plan.seed, .kernel = plan.kernel}),
      host_(world_, zprov, [this] { AfterEach(); }) {
  const auto ports = sim::RigPorts(plan_.nodes);
  const auto zeros = sim::HostOf(world_, {.scenario = plan_.scenario,
                                          .nodes = plan_.nodes,
                                          .power = plan_.power,
                                          .profile = ProfileOf(plan_)});
  cuts_.resize(zeros.size());
  for (size_t i = 0; i < zeros.size(); ++i) {
    boards_.push_back({fmt::format("s{}", i), ports[i], zeros[i]});
    stages_.push_back(zeros[i]->stage());
    places_.emplace(ports[i], i);
  }
}

void Performance::SetUp() {
  home_ = HomeOf(world_);
  SetUpHost(*this);
  Check();
  home_ = HomeOf(world_);  // the same, in its own subvolume by now
  counts_ = {};
  recoveries_.clear();
  begun_ = Now();
  StartServe();
}

void Performance::At(os::Moment moment, std::function<void()> happening) {
  due_.emplace(moment, std::move(happening));
}

void Performance::Go(os::Moment until) {
  while (Now() < until) {
    const os::Moment next = due_.empty() ? until : std::min(until, due_.begin()->first);
    for (const Ended& ended : host_.RunUntil(next)) IsOver(ended);
    if (!breaches_.empty()) throw IsBroken();
    while (!due_.empty() && due_.begin()->first <= Now()) {
      due_.extract(due_.begin()).mapped()();
      if (!breaches_.empty()) throw IsBroken();
    }
  }
}

void Performance::Say(Who who, const std::string& text) { trace_.Say({Now() - begun_, who, text}); }

void Performance::Break(std::string_view sentence, const std::string& how) {
  breaches_.push_back({Now() - begun_, std::string(sentence), how});
  Say(Who::kCheck, fmt::format("{}: {}", sentence, how));
  host_.Pause();
}

void Performance::Recovers(const std::string& node, std::string_view step) {
  Mark(step);
  recoveries_.push_back({Now() - begun_, node, std::string(step)});
}

// ---- processes

void Performance::Run(const std::vector<std::string>& args) {
  if (is_rebooting_) return After(seconds(1), [this, args] { Run(args); });
  Start(args);
}

Pid Performance::Start(std::vector<std::string> args) {
  Say(Who::kOperator, "zprov " + Join(args, " "));
  const Pid pid = host_.Start(std::move(args), {pace_, plan_.seed + commands_.size()});
  if (on_next_command_) std::exchange(on_next_command_, {})(host_.Find(pid)->seam);
  commands_.push_back(pid);
  return pid;
}

std::optional<int> Performance::RunToTheEnd(std::vector<std::string> args) {
  while (is_rebooting_) Go(Now() + seconds(1));
  const Pid pid = Start(std::move(args));
  const os::Moment late = Now() + kCommandsEndWithin;
  while (host_.Runs(pid) && Now() < late) Go(Now() + seconds(1));
  return exits_[pid];
}

bool Performance::CommandsEnd() {
  const os::Moment late = Now() + kCommandsEndWithin;
  const auto run = [this] {
    return std::ranges::any_of(commands_, [this](Pid pid) { return host_.Runs(pid); });
  };
  while (run() && Now() < late) Go(Now() + seconds(1));
  return !run();
}

void Performance::OnNextCommand(std::function<void(faults::Seam&)> does) {
  for (const Pid pid : commands_) {
    if (Process* const process = host_.Find(pid)) return does(process->seam);
  }
  on_next_command_ = std::move(does);
}

void Performance::EndFaultsOfCalls() {
  on_next_command_ = {};
  pace_ = {};
  for (const Pid pid : commands_) {
    if (Process* const process = host_.Find(pid)) process->seam.Heal();
  }
  if (Process* const process = host_.Find(serve_)) process->seam.Heal();
}

void Performance::StartServe() {
  serve_is_wanted_ = true;
  if (Serves() || is_rebooting_) return;
  Say(Who::kServe, "starts");
  serve_ = host_.Start({"serve"});
  heard_ = 0;
}

void Performance::StopServe() {
  serve_is_wanted_ = false;
  host_.Signal(serve_, SIGTERM);
}

void Performance::IsOver(const Ended& ended) {
  const bool is_serve = ended.pid == serve_;
  if (is_serve) Hear(ended.err);
  const std::string how = !ended.exit ? "killed" : fmt::format("{}", *ended.exit);
  const std::string& name = ended.args.front();
  ++counts_.exits[name + " " + how];
  exits_[ended.pid] = ended.exit;
  if (!is_serve) said_ = ended.out;
  Say(is_serve ? Who::kServe : Who::kOperator,
      fmt::format("{} ends: {}", Join(ended.args, " "), how));
  if (!is_serve) {
    for (const std::string_view line : LinesWithEndings(ended.err)) {
      Say(Who::kOperator, "  " + std::string(Trim(line)));
    }
  }
  if (!ended.crash.empty()) return Break("no program crashes", name + ": " + ended.crash);
  if (ended.exit && !IsDocumented(*ended.exit)) {
    return Break("a command ends with a documented code", name + " " + how);
  }
  if (is_serve) {
    claims_.clear();
    const bool is_failure = !ended.exit || (*ended.exit != 0 && *ended.exit != kPreventsRestart);
    if (serve_is_wanted_ && is_failure) {
      After(kRestartAfter, [this] {
        if (!serve_is_wanted_) return;
        Recovers("", kServeRestarted);
        StartServe();
      });
    }
  }
  Check();
}

// ---- the host

void Performance::LosePower() {
  host_.KillAll();
  claims_.clear();
  world_.CutPower();
  HostIsBack();
}

void Performance::RebootHost() {
  host_.KillAll();
  claims_.clear();
  world_.Reboot();
  HostIsBack();
}

// systemd tells all to end, waits for them, and kills who does not.
void Performance::RebootUnderBoards() {
  is_rebooting_ = true;
  StopServe();
  for (const Pid pid : commands_) host_.Signal(pid, SIGTERM);
  const os::Moment late = Now() + kStopsWithin;
  After(kHostEnds, [this, late] { HostEnds(late); });
}

void Performance::HostEnds(os::Moment late) {
  const bool is_over =
      !Serves() && std::ranges::none_of(commands_, [this](Pid pid) { return host_.Runs(pid); });
  if (is_over || Now() >= late) return HostIsAway();
  After(seconds(1), [this, late] { HostEnds(late); });
}

void Performance::HostIsAway() {
  host_.KillAll();
  claims_.clear();
  world_.scene().SyncAll();
  if (world_.scene().Has("/run/zprov")) world_.scene().Remove("/run/zprov");
  std::vector<BoardAt> running;
  for (const BoardAt& board : boards_) {
    if (!board.zero->node()) continue;
    board.zero->UnplugAlive();
    running.push_back(board);
  }
  LinksWereTouched();
  After(kHostBoots, [this, running] {
    world_.usb().GiveAllPower();
    for (const BoardAt& board : running) {
      const bool is_there = world_.network().LinkAt(board.port) != nullptr;
      if (board.zero->node() && !is_there) board.zero->PlugInAlive();
    }
    LinksWereTouched();
    is_rebooting_ = false;
    StartServe();
  });
}

void Performance::HostIsBack() {
  LinksWereTouched();
  Check();
  After(kHostBoots, [this] { StartServe(); });
}

// ---- what is seen

void Performance::AfterEach() {
  if (!breaches_.empty()) return;
  HearServe();
  NoteCuts();
  const bool has_stage_changed = LookAtBoards();
  if (boards_.size() > kLookedAtAfterEachEvent) return LookAtMany();
  const bool has_changed = HaveFilesChanged() || has_stage_changed;
  if (has_changed) NoteCurrentRoots(world_, boards_, named_);
  Check(Check::When::kAlways);
  cut_.clear();
  if (has_changed) Check(Check::When::kChanged);
  if (host_.TakeLinksChanged()) Check(Check::When::kLinks);
}

bool Performance::HaveFilesChanged() {
  const uint64_t changes = world_.disk().changes() + world_.nfs().changes();
  return std::exchange(changes_, changes) != changes;
}

void Performance::LookAtMany() {
  if (Now() - looked_ < kLookAtManyEvery) return;
  looked_ = Now();
  NoteCurrentRoots(world_, boards_, named_);
  Check();
  cut_.clear();
}

bool Performance::LookAtBoards() {
  std::set<size_t> staged;  // told of in their own order
  for (const PortPath& port : world_.TakeStaged()) staged.insert(places_.at(port));
  bool has_changed = false;
  for (const size_t i : staged) {
    const Stage stage = boards_[i].zero->stage();
    if (stage == stages_[i]) continue;
    const Stage before = std::exchange(stages_[i], stage);
    has_changed = true;
    if (stage == Stage::kHealthy) ++counts_.boots;
    const bool has_mounted = stage == Stage::kMounted || stage == Stage::kHealthy;
    if (has_mounted && before != Stage::kMounted) NoteRoot(boards_[i]);
    if (stage == Stage::kRom || stage == Stage::kOff) {
      named_.erase(boards_[i].name);
      NoteCurrentRoots(world_, {&boards_[i], 1}, named_);
    }
    Say(Who::kBoard, fmt::format("{}: {}", boards_[i].name, Words(stage)));
  }
  return has_changed;
}

void Performance::NoteRoot(const BoardAt& board) {
  in_use_.erase(board.name);
  if (auto root = RootOf(world_, board)) in_use_.emplace(board.name, *std::move(root));
}

void Performance::HearServe() {
  Process* const serve = host_.Find(serve_);
  if (serve == nullptr) return;
  Hear(serve->err.view());
  NoteWhatServeDid(*serve);
}

void Performance::NoteWhatServeDid(Process& serve) {
  using Power = os::UsbBus::PortPower;
  const auto helps = [this](const std::string& node, std::string_view step) {
    if (const auto claim = claims_.find(node); claim != claims_.end()) {
      claim->second.was_helped = true;
    }
    Recovers(node, step);
  };
  const auto at = [this](const PortPath& port) -> const std::string& {
    return boards_[places_.at(port)].name;
  };
  for (const PortPath& port : std::exchange(serve.device_resets, {})) helps(at(port), kDeviceReset);
  for (const auto& [port, power] : std::exchange(serve.switched, {})) {
    helps(at(port), power == Power::kOff ? kPowerCut : kPowerGiven);
  }
  for (const auto& argv : std::exchange(serve.started, {})) {
    if (argv.size() != 3 || argv[0] != sim::kPowerProgram) continue;
    helps(argv[1], argv[2] == "off" ? kRelayOpened : kRelayClosed);
  }
}

void Performance::NoteCuts() {
  for (size_t i = 0; i < boards_.size(); ++i) {
    const int cuts = world_.usb().PowerCuts(boards_[i].port);
    if (std::exchange(cuts_[i], cuts) == cuts) continue;
    cut_[boards_[i].name] = StateSaidOf(boards_[i].name);
  }
}

// By serve, or by a command that does serve's part while none runs.
std::string Performance::StateSaidOf(const std::string& node) {
  const auto claim = claims_.find(node);
  if (claim != claims_.end()) return claim->second.state;
  std::string state;
  for (const Pid pid : commands_) {
    const Process* const process = host_.Find(pid);
    if (process == nullptr) continue;
    for (const std::string_view line : LinesWithEndings(process->err.view())) {
      const auto parts = Split(line, ':');
      if (parts.size() > 1 && parts[0] == node) state = Trim(parts[1]);
    }
  }
  return state;
}

void Performance::Hear(std::string_view said) {
  while (true) {
    const size_t end = said.find('\n', heard_);
    if (end == std::string_view::npos) return;
    const std::string line(said.substr(heard_, end - heard_));
    heard_ = end + 1;
    Say(Who::kServe, line);
    const auto parts = Split(line, ':');
    if (parts.size() < 2 || !line.starts_with('s')) continue;
    NoteClaim(std::string(parts[0]), std::string(Trim(parts[1])));
  }
}

bool Performance::IsOnTheBus(const std::string& node) {
  const auto board = std::ranges::find(boards_, node, &BoardAt::name);
  return board != boards_.end() && world_.usb().Shows(board->port);
}

void Performance::NoteClaim(const std::string& node, const std::string& state) {
  Claim& claim = claims_[node];
  const bool is_new = claim.state.empty();
  const bool tries = state == "boot ROM" || state == "serving" || state == "gadget";
  if (claim.state == "recovering" && tries && !claim.was_helped) {
    Recovers(node, claim.was_there ? kTriedAsItIs : kCameBack);
  }
  if (claim.state == "quarantined" && state == "boot ROM") Recovers(node, kAnotherChance);
  claim.has_failed = claim.has_failed || state == "recovering" || state == "failed";
  if (is_new && state == "gadget") Recovers(node, kFoundRunning);
  if (state == "quarantined") Recovers(node, kQuarantined);
  if (state == "failed") Recovers(node, kFailedHere);
  if (state == "healthy" && std::exchange(claim.has_failed, false)) Recovers(node, kTriedAgain);
  claim.was_there = state == "recovering" && IsOnTheBus(node);
  claim.was_helped = claim.was_helped && state == "recovering";
  claim.state = state;
  claim.since = Now();
}

void Performance::Check(std::optional<Check::When> when) {
  const bool are_links_left_alone = Now() - links_touched_ > kLinksSettleWithin;
  const Seen seen{world_,      boards_, claims_, home_, in_use_, named_, are_links_left_alone,
                  plan_.power, cut_};
  for (const run::Check& check : AllChecks()) {
    if (when && check.when != *when) continue;
    if (const auto broken = check.look(seen)) return Break(check.sentence, *broken);
  }
}

Outcome Performance::Take() {
  Outcome outcome;
  outcome.hash = trace_.hash();
  outcome.breaches = breaches_;
  outcome.took = Now() - begun_;
  outcome.recoveries = recoveries_;
  outcome.counts = counts_;
  outcome.counts.events = host_.events();
  return outcome;
}

}  // namespace zprov::run
