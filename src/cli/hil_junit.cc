// The acceptance suite's report as JUnit XML: a test case per scenario. What failed is a failure,
// the infrastructure's trouble an error.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/hil_report.h"
#include "cli/hil_text.h"
#include "cli/markup.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

using hil::Outcome;

std::string SecondsText(os::Moment time) { return fmt::format("{:.3f}", Seconds(time)); }

std::string FirstBad(const hil::Row& row) {
  const auto bad = std::ranges::find(row.findings, hil::Grade::kBad, &hil::Finding::grade);
  return bad == row.findings.end() ? row.sentence : bad->subject + ": " + bad->what;
}

void AddOutcome(Markup& test, const hil::Row& row) {
  switch (row.outcome) {
    case Outcome::kPass:
      break;
    case Outcome::kFail:
      test.Add("failure", RowText(row)).Set("message", FirstBad(row));
      break;
    case Outcome::kInfra:
      test.Add("error").Set("message", row.reason);
      break;
    case Outcome::kSkip:
      test.Add("skipped").Set("message", row.reason);
      break;
    case Outcome::kQuarantined:
      test.Add("skipped").Set("message",
                              fmt::format("quarantined until {}: {}", row.until, row.reason));
      break;
  }
}

int64_t CountOf(const hil::Report& report, Outcome outcome) {
  return std::ranges::count(report.rows, outcome, &hil::Row::outcome);
}

}  // namespace

std::string HilJunit(const hil::Report& report) {
  Markup suites("testsuites");
  Markup& suite = suites.Add("testsuite");
  suite.Set("name", fmt::format("zprov --hil {}", Name(report.level)))
      .Set("hostname", report.cluster)
      .Set("timestamp", RfcTime(report.began_ns))
      .Set("tests", std::to_string(report.rows.size()))
      .Set("failures", std::to_string(CountOf(report, Outcome::kFail)))
      .Set("errors", std::to_string(CountOf(report, Outcome::kInfra)))
      .Set("skipped",
           std::to_string(CountOf(report, Outcome::kSkip) + CountOf(report, Outcome::kQuarantined)))
      .Set("time", SecondsText(report.took));
  for (const hil::Row& row : report.rows) {
    Markup& test = suite.Add("testcase");
    test.Set("classname", fmt::format("hil.{}", Name(report.level)))
        .Set("name", row.name)
        .Set("time", SecondsText(row.took));
    AddOutcome(test, row);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + suites.ToString();
}

}  // namespace zprov::cli
