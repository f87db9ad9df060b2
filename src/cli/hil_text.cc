#include "cli/hil_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using hil::Outcome;

constexpr char kRow[] = "{:<7} {:<13} {}\n";

std::string Line(std::string_view text) { return fmt::format(kRow, "", "", Printable(text)); }

std::string FindingText(const hil::Finding& finding) {
  const bool is_warning = finding.grade == hil::Grade::kWarning;
  std::string text =
      Line(fmt::format("{}{}: {}", is_warning ? "warning: " : "", finding.subject, finding.what));
  if (!finding.cure.empty()) text += Line("cure: " + finding.cure);
  return text;
}

}  // namespace

std::string DisturbanceText(const hil::Rig& rig, const std::vector<const hil::Scenario*>& what) {
  std::vector<std::string> nodes;
  for (const spec::Node* node : ExpectedNodes(rig)) nodes.push_back(node->name);
  std::string text = fmt::format(
      "This run disturbs {}: what runs there is cut off, and what was not written is lost.\n",
      Join(nodes, ", "));
  for (const hil::Scenario* scenario : what) {
    text += fmt::format("  {:<15} {}\n", scenario->name, scenario->does);
  }
  return text +
         "It begins only when nothing is wrong, and all that runs now runs again at its end.\n";
}

std::string HostRebootText(const hil::Rig& rig) {
  return fmt::format(
      "At its end, when nothing failed, {} is rebooted: what runs on it ends. The nodes wait for "
      "their\nroots meanwhile, or boot again; what they have not written may be lost.\n",
      rig.spec.host);
}

std::string PowerTryText(const hil::RigDescription& switches,
                         const std::vector<std::string>& devices) {
  std::vector<std::string> nodes;
  for (const hil::BoardAtRig& board : switches.boards) nodes.push_back(board.name);
  std::string text = fmt::format(
      "The power of {} can be tried: each is cut and given once, one after another, by {}.\n"
      "What runs there is cut off, and what was not written is lost. A switch that is not what it "
      "seems cuts\nothers off too. All that runs now runs again at the end.\n",
      Join(nodes, ", "),
      switches.power == hil::PowerBy::kPort ? "the hub that it hangs on" : "its power command");
  if (devices.empty()) return text;
  return text + fmt::format(
                    "Meanwhile {} set to 115200 Bd and read, to hear whose console each is: unplug "
                    "first what is\nsomething else, a modem or a UPS.\n",
                    Join(devices, ", ") + (devices.size() == 1 ? " is" : " are"));
}

// A sentence that is not known to hold yet does not end.
std::string BegunText(const hil::Scenario& scenario) {
  std::string_view what = scenario.does;
  if (what.empty()) what = scenario.sentence;
  if (what.ends_with('.')) what.remove_suffix(1);
  return fmt::format("{}: {} …", scenario.name, what);
}

std::string RowText(const hil::Row& row) {
  std::string text = fmt::format(kRow, Name(row.outcome), row.name, row.sentence);
  if (!row.first_try.empty()) text += Line("tried twice; the first time: " + row.first_try);
  if (!row.reason.empty()) text += Line(row.reason);
  if (!row.until.empty()) text += Line("until " + row.until);
  for (const hil::Finding& finding : row.findings) text += FindingText(finding);
  return text;
}

std::string RunText(const hil::Report& report) {
  std::vector<std::string> parts;
  for (const Outcome outcome :
       {Outcome::kPass, Outcome::kFail, Outcome::kInfra, Outcome::kSkip, Outcome::kQuarantined}) {
    const auto count = std::ranges::count(report.rows, outcome, &hil::Row::outcome);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, Name(outcome)));
  }
  return fmt::format("{}, level {}: {}: {}{}\n", report.cluster, Name(report.level),
                     Count(report.rows.size(), "scenario"), Join(parts, ", "),
                     report.was_interrupted ? "; interrupted" : "");
}

}  // namespace zprov::cli
