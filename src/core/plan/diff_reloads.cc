// The programs that make running services read what the plan writes. One row per service.
#include <algorithm>

#include "core/plan/diff_parts.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::plan {
namespace {

struct Reload {
  const char* directory;          // a change to a file at or below it …
  const char* ending;             // … with this ending …
  std::vector<std::string> argv;  // … is made known by this program
  const char* reason;
};

const std::vector<Reload>& Reloads() {
  static const std::vector<Reload> kReloads = {
      {"/etc/systemd/system", ".service", {"systemctl", "daemon-reload"}, "units changed"},
      {"/etc/udev/rules.d", ".rules", {"udevadm", "control", "--reload"}, "device rules changed"},
      {"/etc/systemd/network", ".link", {"udevadm", "control", "--reload"}, "link files changed"},
      {"/etc/NetworkManager",
       ".conf",
       {"systemctl", "try-reload-or-restart", "NetworkManager.service"},
       "NetworkManager must leave the gadget links alone from now on"},
      {"/etc/exports", "exports", {"exportfs", "-ra"}, "exports changed"},
  };
  return kReloads;
}

const std::string* PathOf(const Action& action) {
  if (const auto* write = std::get_if<WriteFile>(&action)) return &write->path;
  if (const auto* retire = std::get_if<RetireFile>(&action)) return &retire->path;
  if (const auto* link = std::get_if<MakeSymlink>(&action)) return &link->path;
  return nullptr;
}

bool Touches(const Plan& plan, const Reload& reload) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    const std::string* path = PathOf(step.action);
    return path != nullptr && IsBelow(*path, reload.directory) && path->ends_with(reload.ending);
  });
}

bool Has(const std::vector<Step>& steps, const RunProgram& program) {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return step.action == Action(program); });
}

void AddProgram(const DiffInput& input, Plan& plan, const RunProgram& program,
                const std::string& reason) {
  if (Has(plan.steps, program) || Has(plan.on_host, program)) return;
  if (!input.observed.links) {
    plan.on_host.push_back({program, reason, Risk::kLiveSafe});
  } else if (input.observed.programs.contains(program.argv.front())) {
    plan.steps.push_back({program, reason, Risk::kLiveSafe});
  } else {
    plan.notes.push_back(program.argv.front() + " is not on this host, so `" +
                         Join(program.argv, " ") + "` is left out: " + reason +
                         " (zprov doctor says what is missing)");
  }
}

}  // namespace

void AddReloads(const DiffInput& input, Plan& plan) {
  for (const Reload& reload : Reloads()) {
    if (Touches(plan, reload)) AddProgram(input, plan, {reload.argv}, reload.reason);
  }
  if (!input.observed.interrupted) return;
  for (const auto& argv : input.observed.interrupted->programs) {
    AddProgram(input, plan, {argv}, "the interrupted run did not get to it");
  }
}

}  // namespace zprov::plan
