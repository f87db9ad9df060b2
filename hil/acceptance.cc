#include "hil/acceptance.h"

#include <fmt/chrono.h>

#include <algorithm>

#include "hil/node_look.h"
#include "hil/program_watch.h"
#include "hil/put_back.h"

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

// Null: it is not quarantined, or that is over.
const Quarantine* QuarantineOf(const Rig& rig, const Scenario& scenario) {
  if (!rig.described) return nullptr;
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(rig.system.clock.WallTime()).count();
  const std::string today = fmt::format("{:%F}", fmt::gmtime(now));
  const auto found = std::ranges::find_if(rig.described->quarantines, [&](const auto& each) {
    return each.scenario == scenario.name && today <= each.until;
  });
  return found == rig.described->quarantines.end() ? nullptr : &*found;
}

// One run over the table.
class Run {
 public:
  Run(const Rig& rig, const Progress& progress)
      : programs_(rig.system),
        rig_{programs_.system(), rig.spec, rig.described, rig.holder, &programs_},
        progress_(progress) {}

  void Try(const Scenario& scenario) {
    const bool disturbs = scenario.level > Level::kObserve;
    if (was_interrupted_ || (disturbs && !stopped_.empty())) {
      return Add(RowOf(scenario, Skipped{stopped_}));
    }
    if (disturbs && !disturbance_) {
      auto begun = Disturbance::Begin(rig_);
      if (!begun) {
        stopped_ = begun.error().message;
        return Add(RowOf(scenario, tl::make_unexpected(std::move(begun).error())));
      }
      disturbance_ = std::move(*begun);
    }
    Row row = RunScenario(rig_, scenario, progress_);
    if (programs_.TakeInterrupt()) {
      was_interrupted_ = true;
      stopped_ = "interrupted";
      row = RowOf(scenario, Skipped{stopped_});
    } else if (row.outcome == Outcome::kFail && stopped_.empty()) {
      NoteFailure(scenario);
    }
    Add(std::move(row));
  }

  // What a run before this one left.
  void PutBackLeftOver() { Put(Disturbance::LeftOver(rig_)); }

  void End() {
    using How = Disturbance::How;
    if (disturbance_) {
      Put(disturbance_->End(rig_, was_interrupted_ ? How::kCutOff : How::kToItsEnd));
    }
  }

  Report Take(Report report) {
    // What cannot be looked at was a scenario's trouble already.
    const auto looks = LookAtNodes(rig_);
    if (looks) std::ranges::transform(*looks, std::back_inserter(report.nodes), SheetOf);
    report.rows = std::move(rows_);
    report.was_interrupted = was_interrupted_;
    return report;
  }

 private:
  void Add(Row row) {
    rows_.push_back(std::move(row));
    progress_.on_row(rows_.back());
  }

  void Put(std::optional<Row> row) {
    was_interrupted_ |= programs_.TakeInterrupt();
    if (!row) return;
    if (row->outcome != Outcome::kPass && stopped_.empty()) {
      stopped_ = "what was running before does not run again";
    }
    Add(std::move(*row));
  }

  void NoteFailure(const Scenario& scenario) {
    if (scenario.level == Level::kObserve) {
      stopped_ =
          std::string("the rig is not disturbed while something is wrong with it: cure what \"") +
          scenario.name + "\" found first";
    } else if (!disturbance_->AllRun(rig_)) {
      stopped_ = std::string("not every node runs since \"") + scenario.name + "\"";
    }
  }

  ProgramWatch programs_;
  Rig rig_;
  const Progress& progress_;
  std::vector<Row> rows_;
  std::optional<Disturbance> disturbance_;
  std::string stopped_;  // why no scenario may disturb the rig any more
  bool was_interrupted_ = false;
};

}  // namespace

Row RunScenario(const Rig& rig, const Scenario& scenario, const Progress& progress) {
  const os::Moment began = rig.system.clock.Now();
  if (const Quarantine* quarantine = QuarantineOf(rig, scenario)) {
    return {.name = scenario.name,
            .sentence = scenario.sentence,
            .outcome = Outcome::kQuarantined,
            .reason = quarantine->reason,
            .until = quarantine->until};
  }
  for (const Capability needed : scenario.needs) {
    if (!Has(rig, needed)) return RowOf(scenario, Skipped{std::string(Lack(needed))});
  }
  progress.on_begin(scenario);
  Row row = RowOf(scenario, scenario.body(rig));
  const bool was_interrupted = rig.programs != nullptr && rig.programs->WasInterrupted();
  if (row.outcome == Outcome::kInfra && !was_interrupted) {
    const std::string first_try = std::move(row.reason);
    row = RowOf(scenario, scenario.body(rig));
    row.first_try = first_try;
  }
  row.took = rig.system.clock.Now() - began;
  return row;
}

std::vector<const Scenario*> Disturbing(const Rig& rig, Level level) {
  std::vector<const Scenario*> disturbing;
  for (const Scenario& scenario : Scenarios()) {
    if (scenario.level == Level::kObserve || scenario.level > level) continue;
    const bool can =
        std::ranges::all_of(scenario.needs, [&](Capability needed) { return Has(rig, needed); });
    if (can) disturbing.push_back(&scenario);
  }
  return disturbing;
}

Report Accept(const Rig& rig, Level level, const Progress& progress) {
  const os::Moment began = rig.system.clock.Now();
  Report report{
      .cluster = rig.spec.name, .level = level, .began_ns = rig.system.clock.WallTime().count()};
  Run run(rig, progress);
  if (level > Level::kObserve) run.PutBackLeftOver();
  for (const Scenario& scenario : Scenarios()) {
    if (scenario.level <= level) run.Try(scenario);
  }
  run.End();
  report = run.Take(std::move(report));
  report.took = rig.system.clock.Now() - began;
  return report;
}

}  // namespace zprov::hil
