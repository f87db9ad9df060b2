#include "hil/acceptance.h"

#include <algorithm>

#include "hil/node_look.h"

namespace zprov::hil {
namespace {

bool IsBad(const Finding& finding) { return finding.grade == Grade::kBad; }

Row RowOf(const Scenario& scenario, Result<Ended> ended) {
  Row row{.name = scenario.name, .sentence = scenario.sentence};
  if (!ended) {
    row.outcome = Outcome::kInfra;
    row.reason = std::move(ended).error().message;
  } else if (auto* skipped = std::get_if<Skipped>(&*ended)) {
    row.outcome = Outcome::kSkip;
    row.reason = std::move(skipped->reason);
  } else {
    Seen& seen = std::get<Seen>(*ended);
    row.summary = std::move(seen.summary);
    row.findings = std::move(seen.findings);
    row.outcome = std::ranges::any_of(row.findings, IsBad) ? Outcome::kFail : Outcome::kPass;
  }
  return row;
}

NodeSheet SheetOf(const NodeLook& look) {
  NodeSheet sheet{.node = look.node->name,
                  .port = look.node->usb ? look.node->usb->ToString() : "",
                  .address = look.node->address.ToString(),
                  .mac = look.node->node_mac.ToString(),
                  .life = std::string(Name(look.life.life)) + ": " + look.life.evidence};
  if (look.report) {
    sheet.generation = look.report->generation;
    sheet.serial = look.report->serial;
  }
  sheet.boot = look.last_boot;
  return sheet;
}

}  // namespace

Row RunScenario(const Rig& rig, const Scenario& scenario) {
  const os::Moment began = rig.system.clock.Now();
  for (const Capability needed : scenario.needs) {
    if (!Has(rig, needed)) return RowOf(scenario, Skipped{std::string(Lack(needed))});
  }
  Row row = RowOf(scenario, scenario.body(rig));
  if (row.outcome == Outcome::kInfra) {
    const std::string first_try = std::move(row.reason);
    row = RowOf(scenario, scenario.body(rig));
    row.first_try = first_try;
  }
  row.took = rig.system.clock.Now() - began;
  return row;
}

Report Accept(const Rig& rig, Level level, const OnRow& on_row) {
  const os::Moment began = rig.system.clock.Now();
  Report report{
      .cluster = rig.spec.name, .level = level, .began_ns = rig.system.clock.WallTime().count()};
  for (const Scenario& scenario : Scenarios()) {
    if (scenario.level > level) continue;
    report.rows.push_back(RunScenario(rig, scenario));
    on_row(report.rows.back());
  }
  // What cannot be looked at was a scenario's trouble already.
  const auto looks = LookAtNodes(rig);
  if (looks) std::ranges::transform(*looks, std::back_inserter(report.nodes), SheetOf);
  report.took = rig.system.clock.Now() - began;
  return report;
}

}  // namespace zprov::hil
