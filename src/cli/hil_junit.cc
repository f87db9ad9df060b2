// The acceptance suite's report as JUnit XML: a test case per scenario. What failed is a failure,
// the infrastructure's trouble an error.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <pugixml.hpp>
#include <sstream>

#include "cli/hil_report.h"
#include "cli/hil_text.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

using hil::Outcome;

std::string Seconds(os::Moment time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

void Set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(Printable(value).c_str());
}

// `message` in one line, and all that is known of it below.
void Add(pugi::xml_node test, const char* kind, const std::string& message, const hil::Row& row) {
  pugi::xml_node node = test.append_child(kind);
  Set(node, "message", message);
  if (row.outcome == Outcome::kFail) node.append_child(pugi::node_pcdata).set_value(RowText(row).c_str());
}

std::string FirstBad(const hil::Row& row) {
  const auto bad = std::ranges::find(row.findings, hil::Grade::kBad, &hil::Finding::grade);
  return bad == row.findings.end() ? row.sentence : bad->subject + ": " + bad->what;
}

void AddOutcome(pugi::xml_node test, const hil::Row& row) {
  switch (row.outcome) {
    case Outcome::kPass:
      return;
    case Outcome::kFail:
      return Add(test, "failure", FirstBad(row), row);
    case Outcome::kInfra:
      return Add(test, "error", row.reason, row);
    case Outcome::kSkip:
      return Add(test, "skipped", row.reason, row);
  }
}

std::string CountOf(const hil::Report& report, Outcome outcome) {
  return std::to_string(std::ranges::count(report.rows, outcome, &hil::Row::outcome));
}

}  // namespace

std::string HilJunit(const hil::Report& report) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  Set(declaration, "version", "1.0");
  Set(declaration, "encoding", "UTF-8");
  pugi::xml_node suite = document.append_child("testsuites").append_child("testsuite");
  Set(suite, "name", fmt::format("zprov --hil {}", Name(report.level)));
  Set(suite, "hostname", report.cluster);
  Set(suite, "timestamp", RfcTime(report.began_ns));
  Set(suite, "tests", std::to_string(report.rows.size()));
  Set(suite, "failures", CountOf(report, Outcome::kFail));
  Set(suite, "errors", CountOf(report, Outcome::kInfra));
  Set(suite, "skipped", CountOf(report, Outcome::kSkip));
  Set(suite, "time", Seconds(report.took));
  for (const hil::Row& row : report.rows) {
    pugi::xml_node test = suite.append_child("testcase");
    Set(test, "classname", fmt::format("hil.{}", Name(report.level)));
    Set(test, "name", row.name);
    Set(test, "time", Seconds(row.took));
    AddOutcome(test, row);
  }
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace zprov::cli
