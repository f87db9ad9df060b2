// The acceptance suite's report as JSON, and what was found of a rig.
#include <nlohmann/json.hpp>

#include "cli/detect.h"
#include "cli/hil_report.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

using nlohmann::ordered_json;

template <typename T>
ordered_json ListOf(const std::vector<T>& all);

ordered_json Of(const hil::Finding& finding) {
  return {{"grade", finding.grade == hil::Grade::kBad ? "bad" : "warning"},
          {"subject", finding.subject},
          {"what", finding.what},
          {"cure", finding.cure}};
}

ordered_json Of(const hil::Row& row) {
  return {{"name", row.name},
          {"sentence", row.sentence},
          {"outcome", Name(row.outcome)},
          {"summary", row.summary},
          {"reason", row.reason},
          {"until", row.until},
          {"first_try", row.first_try},
          {"findings", ListOf(row.findings)},
          {"took_s", Seconds(row.took)}};
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

ordered_json Of(const hil::FoundBoard& board) {
  return {{"port", board.port.ToString()},
          {"node", board.node},
          {"is_board", board.is_board},
          {"shows", board.shows},
          {"mac", board.mac ? board.mac->ToString() : ""},
          {"serial", board.serial},
          {"console", board.console}};
}

ordered_json Of(const hil::HubLook& look) {
  return {{"port", look.hub.port.ToString()}, {"vendor", look.hub.vendor},
          {"product", look.hub.product},      {"says", Name(look.says)},
          {"does", Name(look.does)},          {"trouble", look.trouble}};
}

template <typename T>
ordered_json ListOf(const std::vector<T>& all) {
  ordered_json list = ordered_json::array();
  for (const T& one : all) list.push_back(Of(one));
  return list;
}

std::string_view Word(DetectedFile::What what) {
  switch (what) {
    case DetectedFile::What::kWritten:
      return "written";
    case DetectedFile::What::kSame:
      return "same";
    case DetectedFile::What::kDiffers:
      return "differs";
    case DetectedFile::What::kNoneFound:
      return "none-found";
  }
  return "";
}

}  // namespace

std::string HilJson(const hil::Report& report) {
  const ordered_json document = {{"version", 1},
                                 {"command", "hil"},
                                 {"cluster", report.cluster},
                                 {"level", Name(report.level)},
                                 {"outcome", Name(hil::Overall(report.rows))},
                                 {"interrupted", report.was_interrupted},
                                 {"began", RfcTime(report.began_ns)},
                                 {"took_s", Seconds(report.took)},
                                 {"scenarios", ListOf(report.rows)},
                                 {"nodes", ListOf(report.nodes)}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string DetectedJson(const std::string& cluster, const hil::Detected& detected,
                         const std::vector<hil::Row>& tried, const DetectedFile& file) {
  const ordered_json document = {{"version", 1},
                                 {"command", "detect"},
                                 {"cluster", cluster},
                                 {"boards", ListOf(detected.boards)},
                                 {"hubs", ListOf(detected.hubs)},
                                 {"consoles", detected.consoles},
                                 {"missing", detected.missing},
                                 {"findings", ListOf(detected.findings)},
                                 {"tried", ListOf(tried)},
                                 {"file",
                                  {{"name", file.name},
                                   {"outcome", Word(file.what)},
                                   {"differences", ListOf(file.differences)}}}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace zprov::cli
