// What the host alone tells: prerequisites, drift, room, boot files.
#include <fmt/format.h>

#include <algorithm>

#include "core/plan/describe.h"
#include "engine/doctor.h"
#include "engine/guards.h"
#include "engine/lint.h"
#include "engine/observe.h"
#include "hil/run_mark.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

Finding OfDoctor(const Rig& rig, const engine::DoctorRow& row) {
  const bool is_warning = row.verdict == engine::Verdict::kWarning;
  return {is_warning ? Grade::kWarning : Grade::kBad, rig.spec.host,
          fmt::format("{}: {}", row.name, row.finding), row.cure};
}

Finding OfLint(const lint::Finding& finding) {
  const bool is_error = finding.severity == lint::Finding::Severity::kError;
  return {is_error ? Grade::kBad : Grade::kWarning, finding.where, finding.what, finding.cure};
}

double PartUsed(const os::Space& space) {
  if (space.data_total == 0) return 1;
  return static_cast<double>(space.data_used) / static_cast<double>(space.data_total);
}

}  // namespace

Result<Ended> HostHasWhatIsNeeded(const Rig& rig) {
  const auto rows = engine::Examine(rig.system, rig.spec);
  Seen seen{.summary = fmt::format("{} prerequisites looked at", rows.size())};
  for (const engine::DoctorRow& row : rows) {
    if (row.verdict != engine::Verdict::kGood) seen.findings.push_back(OfDoctor(rig, row));
  }
  return seen;
}

Result<Ended> HostIsAsDescribed(const Rig& rig) {
  ZPROV_ASSIGN(const plan::Plan plan, engine::MakePlan(rig.system, rig.spec, {}));
  Seen seen;
  for (const plan::Step& step : plan.steps) {
    seen.findings.push_back({Grade::kBad, rig.spec.host,
                             "still to be done: " + plan::Title(step.action),
                             "zprov plan shows it in full, zprov apply does it"});
  }
  for (const std::string& refusal : plan.refusals) {
    seen.findings.push_back({Grade::kBad, rig.spec.host, refusal, "then zprov apply"});
  }
  return seen;
}

Result<Ended> NothingIsLeftOver(const Rig& rig) {
  ZPROV_ASSIGN(const auto mark, ReadRunMark(rig.system, rig.spec));
  if (!mark) return Seen{};
  return Seen{.findings = {{Grade::kBad, rig.spec.host,
                            fmt::format("a run that disturbs the rig is under way or was cut off: "
                                        "{} ran before",
                                        Join(mark->nodes, ", ")),
                            "wait until it is done; or zprov --hil --level cycle, which puts that "
                            "back first"}}};
}

Result<Ended> DiskHasRoom(const Rig& rig) {
  const std::string& store = rig.spec.storage.store;
  ZPROV_ASSIGN(const os::Space space, rig.system.btrfs.Usage(store));
  const double used = PartUsed(space);
  Seen seen{.summary = fmt::format("{:.0f} % of the file system of {} is used", used * 100, store)};
  if (used >= engine::kNearlyFull) {
    seen.findings.push_back(
        {Grade::kBad, rig.spec.host, seen.summary,
         fmt::format("zprov prune --keep 1, or make room below {}: du -xhd2 {}", store, store)});
  }
  return seen;
}

Result<Ended> BootFilesAreSound(const Rig& rig) {
  ZPROV_ASSIGN(const auto findings, engine::LintCurrent(rig.system, rig.spec));
  if (!findings) return Skipped{"no node has a generation yet: zprov apply makes the first"};
  Seen seen;
  std::ranges::transform(*findings, std::back_inserter(seen.findings), OfLint);
  return seen;
}

}  // namespace zprov::hil
