// The acceptance suite's report as JSON.
#include <nlohmann/json.hpp>

#include "cli/hil_report.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

using nlohmann::ordered_json;

ordered_json Of(const hil::Finding& finding) {
  return {{"grade", finding.grade == hil::Grade::kBad ? "bad" : "warning"},
          {"subject", finding.subject},
          {"what", finding.what},
          {"cure", finding.cure}};
}

ordered_json Of(const hil::Row& row) {
  ordered_json findings = ordered_json::array();
  for (const hil::Finding& finding : row.findings) findings.push_back(Of(finding));
  return {{"name", row.name},           {"sentence", row.sentence}, {"outcome", Name(row.outcome)},
          {"summary", row.summary},     {"reason", row.reason},     {"until", row.until},
          {"first_try", row.first_try}, {"findings", findings},     {"took_s", Seconds(row.took)}};
}

ordered_json Of(const engine::BootTimeline& boot) {
  ordered_json steps = ordered_json::array();
  for (const engine::BootStep& step : boot.steps) {
    steps.push_back({{"after_s", Seconds(step.after)},
                     {"what", Name(step.what)},
                     {"text", step.text},
                     {"cause", step.cause}});
  }
  return {{"nonce", boot.nonce},          {"began", RfcTime(boot.began_ns)},
          {"took_s", Seconds(boot.took)}, {"ending", boot.ending},
          {"cause", boot.cause},          {"steps", steps}};
}

ordered_json Of(const hil::NodeSheet& node) {
  return {{"node", node.node},
          {"port", node.port},
          {"address", node.address},
          {"mac", node.mac},
          {"life", node.life},
          {"generation", node.generation ? ordered_json(*node.generation) : ordered_json()},
          {"serial", node.serial},
          {"boot", node.boot ? Of(*node.boot) : ordered_json()}};
}

}  // namespace

std::string HilJson(const hil::Report& report) {
  ordered_json rows = ordered_json::array();
  for (const hil::Row& row : report.rows) rows.push_back(Of(row));
  ordered_json nodes = ordered_json::array();
  for (const hil::NodeSheet& node : report.nodes) nodes.push_back(Of(node));
  const ordered_json document = {{"version", 1},
                                 {"command", "hil"},
                                 {"cluster", report.cluster},
                                 {"level", Name(report.level)},
                                 {"outcome", Name(hil::Overall(report.rows))},
                                 {"interrupted", report.was_interrupted},
                                 {"began", RfcTime(report.began_ns)},
                                 {"took_s", Seconds(report.took)},
                                 {"scenarios", rows},
                                 {"nodes", nodes}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace zprov::cli
