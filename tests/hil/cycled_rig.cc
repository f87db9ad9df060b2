#include "tests/hil/cycled_rig.h"

#include <chrono>
#include <stdexcept>

#include "hil/run_mark.h"
#include "support/simulated_zprov.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr char kSwitch[] = "/usr/local/sbin/relay";
constexpr auto kStep = std::chrono::milliseconds(100);
constexpr char kRigToml[] = "/etc/zprov/rig.toml";

}  // namespace

CycledRig::CycledRig(const sim::ProfilesByPort& profiles)
    : AcceptedRig(profiles), host_(world_, tests::SimulatedZprov, [] {}) {
  world_.Put(kSwitch, "a program\n", 0755);
  world_.AtBoot([this](sim::World& booted) {
    booted.processes().Install(kSwitch, [this](const auto& argv) { return Switch(argv); });
  });
  world_.Put(kRigToml, "[power]\nby = \"command\"\ncommand = \"/usr/local/sbin/relay {node}\"\n");
}

sim::ProgramRun CycledRig::Switch(const std::vector<std::string>& argv) {
  for (size_t i = 0; i < zeros_.size(); ++i) {
    if (argv.at(1) != spec_.nodes[i].name) continue;
    ++switched_;
    if (!switches_(i)) return {};
    argv.at(2) == "off" ? Board(i).Unplug() : Board(i).PlugIn();
    return {};
  }
  return {.error = "there is no such line", .exit_code = 1};
}

void CycledRig::Describe(const std::string& more) {
  world_.Put(kRigToml, world_.scene().Content(kRigToml) + more);
}

void CycledRig::Quarantine(const std::string& scenario) {
  Describe("[[quarantine]]\nscenario = \"" + scenario +
           "\"\nreason = \"r\"\nuntil = \"2999-12-31\"\n");
}

bool CycledRig::Until(const std::function<bool()>& is_so) {
  const os::Moment late = world_.clock().Now() + std::chrono::hours(1);
  while (!is_so()) {
    if (world_.clock().Now() >= late) return false;
    host_.RunUntil(world_.clock().Now() + kStep);
    each_step_();
  }
  return true;
}

run::Ended CycledRig::WaitFor(run::Pid pid) {
  const os::Moment late = world_.clock().Now() + std::chrono::hours(4);
  while (world_.clock().Now() < late) {
    for (run::Ended& ended : host_.RunUntil(world_.clock().Now() + kStep)) {
      if (ended.pid == pid) return std::move(ended);
    }
    each_step_();
  }
  throw std::logic_error("the command does not end");
}

run::Ended CycledRig::Zprov(std::vector<std::string> args) {
  return WaitFor(Start(std::move(args)));
}

run::Ended CycledRig::RunCycle(const std::vector<std::string>& words) {
  std::vector<std::string> args = {"--hil", "--level", "cycle", "--yes"};
  args.insert(args.end(), words.begin(), words.end());
  return Zprov(std::move(args));
}

void CycledRig::Unexport(size_t node) {
  const std::string before = world_.scene().Content("/etc/exports");
  std::string exports;
  for (const std::string_view line : Split(before, '\n')) {
    if (line.find(spec_.nodes[node].address.ToString()) == line.npos) {
      exports += std::string(line) + "\n";
    }
  }
  world_.Put("/etc/exports", exports);
  ASSERT_EQ(world_.nfs().Exportfs({"exportfs", "-ra"}).exit_code, 0);
}

bool CycledRig::IsMarked() const { return world_.scene().Has(RunMarkPath(spec_)); }

bool CycledRig::AllAreHealthy() const {
  return std::ranges::all_of(
      zeros_, [](const auto& zero) { return zero->stage() == sim::zero::Stage::kHealthy; });
}

std::vector<int> CycledRig::Boots() const {
  std::vector<int> boots;
  for (const auto& zero : zeros_) boots.push_back(zero->boots());
  return boots;
}

}  // namespace zprov::hil
