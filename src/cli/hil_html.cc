// The acceptance suite's report as one page that needs nothing beside itself, and runs nothing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/hil_report.h"
#include "cli/hil_text.h"
#include "cli/markup.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

constexpr char kStyle[] =
    "body{font:15px sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse}"
    "td,th{text-align:left;vertical-align:top;padding:.3em .8em;border-bottom:1px solid #ddd}"
    ".pass{color:#176b2c}.fail{color:#b00020;font-weight:bold}.infra{color:#8a5a00}"
    ".skip,.quarantined{color:#666}.finding{margin:.2em 0}.cure{font-family:monospace;margin:0 0 "
    ".4em 1.5em}"
    ".line{position:relative;height:1.6em;width:45em;background:#f3f3f3;overflow:hidden}"
    ".stage{position:absolute;top:0;height:100%;overflow:hidden;white-space:nowrap;font-size:80%;"
    "border-left:1px solid #fff;background:#9fc5e8}.stage.odd{background:#cfe2f3}";

Markup& AddOfClass(Markup& parent, const char* name, std::string_view css, std::string_view text) {
  return parent.Add(name, text).Set("class", css);
}

void AddCells(Markup& row, const char* kind, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) row.Add(kind, cell);
}

void AddScenario(Markup& table, const hil::Row& row) {
  Markup& line = table.Add("tr").Set("data-scenario", row.name);
  AddOfClass(line, "td", Name(row.outcome), Name(row.outcome));
  AddCells(line, "td", {row.name});
  Markup& told = line.Add("td", row.sentence);
  if (!row.summary.empty()) AddOfClass(told, "div", "summary", row.summary);
  if (!row.first_try.empty()) {
    AddOfClass(told, "div", "finding", "tried twice; the first time: " + row.first_try);
  }
  if (!row.reason.empty()) AddOfClass(told, "div", "finding", row.reason);
  if (!row.until.empty()) AddOfClass(told, "div", "finding", "until " + row.until);
  for (const hil::Finding& finding : row.findings) {
    const bool is_warning = finding.grade == hil::Grade::kWarning;
    AddOfClass(
        told, "div", "finding",
        fmt::format("{}{}: {}", is_warning ? "warning: " : "", finding.subject, finding.what));
    if (!finding.cure.empty()) AddOfClass(told, "div", "cure", "cure: " + finding.cure);
  }
}

void AddPlan(Markup& body, const hil::Report& report) {
  body.Add("h2", "The rig");
  Markup& table = body.Add("table");
  AddCells(table.Add("tr"), "th",
           {"node", "port", "address", "MAC", "board", "generation", "life"});
  for (const hil::NodeSheet& node : report.nodes) {
    AddCells(table.Add("tr"), "td",
             {node.node, node.port.empty() ? "-" : node.port, node.address, node.mac,
              node.serial.empty() ? "-" : node.serial,
              node.generation ? std::to_string(*node.generation) : "-", node.life});
  }
}

// A stage lasts until the next one.
void AddStages(Markup& line, const engine::BootTimeline& boot, os::Moment longest) {
  std::vector<const engine::BootStep*> states;
  for (const engine::BootStep& step : boot.steps) {
    if (step.what == engine::BootStep::What::kState) states.push_back(&step);
  }
  const auto part = [&](os::Moment time) {
    return longest.count() == 0
               ? 0.0
               : 100.0 * static_cast<double>(time.count()) / static_cast<double>(longest.count());
  };
  for (size_t i = 0; i < states.size(); ++i) {
    const os::Moment end = i + 1 < states.size() ? states[i + 1]->after : boot.took;
    const auto lasted = std::max(os::Moment(0), end - states[i]->after);
    const std::string said =
        fmt::format("{} {:.1f} s", states[i]->text, std::chrono::duration<double>(lasted).count());
    AddOfClass(line, "div", i % 2 == 0 ? "stage" : "stage odd", said)
        .Set("title", said + " " + states[i]->cause)
        .Set("style",
             fmt::format("left:{:.2f}%;width:{:.2f}%", part(states[i]->after), part(lasted)));
  }
}

void AddBoots(Markup& body, const hil::Report& report) {
  os::Moment longest{0};
  for (const hil::NodeSheet& node : report.nodes) {
    if (node.boot) longest = std::max(longest, node.boot->took);
  }
  body.Add("h2", "Each node's last boot");
  for (const hil::NodeSheet& node : report.nodes) {
    if (!node.boot) {
      body.Add("p", node.node + ": none is known");
      continue;
    }
    body.Add("p", fmt::format("{}: {} after {:.1f} s, begun {} {}", node.node, node.boot->ending,
                              std::chrono::duration<double>(node.boot->took).count(),
                              UtcTime(node.boot->began_ns), node.boot->cause));
    Markup& line = body.Add("div").Set("class", "line").Set("data-node", node.node);
    AddStages(line, *node.boot, longest);
  }
}

}  // namespace

std::string HilHtml(const hil::Report& report) {
  const std::string title = fmt::format("zprov --hil on {}", report.cluster);
  const std::string sum = RunText(report);
  Markup html("html");
  html.Set("lang", "en");
  Markup& head = html.Add("head");
  head.Add("title", title);
  head.Add("style", kStyle);
  Markup& body = html.Add("body");
  body.Add("h1", title);
  AddOfClass(body, "p", Name(hil::Overall(report.rows)), sum);
  body.Add("p", fmt::format("Begun {}", UtcTime(report.began_ns)));
  Markup& table = body.Add("table");
  AddCells(table.Add("tr"), "th", {"outcome", "scenario", "what must hold"});
  for (const hil::Row& row : report.rows) AddScenario(table, row);
  AddPlan(body, report);
  AddBoots(body, report);
  // The character set goes first: nothing of the page may stand before it.
  return "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n" + html.ToString();
}

}  // namespace zprov::cli
