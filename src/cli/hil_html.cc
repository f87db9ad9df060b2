// The acceptance suite's report as one page that needs nothing beside itself, and runs nothing.
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

using pugi::xml_node;

constexpr char kStyle[] =
    "body{font:15px sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse}"
    "td,th{text-align:left;vertical-align:top;padding:.3em .8em;border-bottom:1px solid #ddd}"
    ".pass{color:#176b2c}.fail{color:#b00020;font-weight:bold}.infra{color:#8a5a00}"
    ".skip{color:#666}.finding{margin:.2em 0}.cure{font-family:monospace;margin:0 0 .4em 1.5em}"
    ".line{position:relative;height:1.6em;width:45em;background:#f3f3f3;overflow:hidden}"
    ".stage{position:absolute;top:0;height:100%;overflow:hidden;white-space:nowrap;font-size:80%;"
    "border-left:1px solid #fff;background:#9fc5e8}.stage.odd{background:#cfe2f3}";

xml_node Add(xml_node parent, const char* name, const std::string& text) {
  xml_node node = parent.append_child(name);
  node.append_child(pugi::node_pcdata).set_value(Printable(text).c_str());
  return node;
}

xml_node AddOfClass(xml_node parent, const char* name, const std::string& css,
                    const std::string& text) {
  xml_node node = Add(parent, name, text);
  node.append_attribute("class").set_value(css.c_str());
  return node;
}

void AddCells(xml_node row, const char* kind, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) Add(row, kind, cell);
}

void AddScenario(xml_node table, const hil::Row& row) {
  xml_node line = table.append_child("tr");
  line.append_attribute("data-scenario").set_value(row.name.c_str());
  AddOfClass(line, "td", std::string(Name(row.outcome)), std::string(Name(row.outcome)));
  AddCells(line, "td", {row.name});
  xml_node told = Add(line, "td", row.sentence);
  if (!row.summary.empty()) AddOfClass(told, "div", "summary", row.summary);
  if (!row.first_try.empty()) {
    AddOfClass(told, "div", "finding", "tried twice; the first time: " + row.first_try);
  }
  if (!row.reason.empty()) AddOfClass(told, "div", "finding", row.reason);
  for (const hil::Finding& finding : row.findings) {
    const bool is_warning = finding.grade == hil::Grade::kWarning;
    AddOfClass(told, "div", "finding",
               fmt::format("{}{}: {}", is_warning ? "warning: " : "", finding.subject,
                           finding.what));
    if (!finding.cure.empty()) AddOfClass(told, "div", "cure", "cure: " + finding.cure);
  }
}

void AddPlan(xml_node body, const hil::Report& report) {
  Add(body, "h2", "The rig");
  xml_node table = body.append_child("table");
  AddCells(table.append_child("tr"), "th",
           {"node", "port", "address", "MAC", "board", "generation", "life"});
  for (const hil::NodeSheet& node : report.nodes) {
    AddCells(table.append_child("tr"), "td",
             {node.node, node.port.empty() ? "-" : node.port, node.address, node.mac,
              node.serial.empty() ? "-" : node.serial,
              node.generation ? std::to_string(*node.generation) : "-", node.life});
  }
}

// A stage lasts until the next one.
void AddStages(xml_node line, const engine::BootTimeline& boot, os::Moment longest) {
  std::vector<const engine::BootStep*> states;
  for (const engine::BootStep& step : boot.steps) {
    if (step.what == engine::BootStep::What::kState) states.push_back(&step);
  }
  const auto part = [&](os::Moment time) {
    return longest.count() == 0 ? 0.0
                                : 100.0 * static_cast<double>(time.count()) /
                                      static_cast<double>(longest.count());
  };
  for (size_t i = 0; i < states.size(); ++i) {
    const os::Moment end = i + 1 < states.size() ? states[i + 1]->after : boot.took;
    const auto lasted = std::max(os::Moment(0), end - states[i]->after);
    const std::string said =
        fmt::format("{} {:.1f} s", states[i]->text, std::chrono::duration<double>(lasted).count());
    xml_node stage = AddOfClass(line, "div", i % 2 == 0 ? "stage" : "stage odd", said);
    stage.append_attribute("title").set_value(Printable(said + " " + states[i]->cause).c_str());
    stage.append_attribute("style").set_value(
        fmt::format("left:{:.2f}%;width:{:.2f}%", part(states[i]->after), part(lasted)).c_str());
  }
}

void AddBoots(xml_node body, const hil::Report& report) {
  os::Moment longest{0};
  for (const hil::NodeSheet& node : report.nodes) {
    if (node.boot) longest = std::max(longest, node.boot->took);
  }
  Add(body, "h2", "Each node's last boot");
  for (const hil::NodeSheet& node : report.nodes) {
    if (!node.boot) {
      Add(body, "p", node.node + ": none is known");
      continue;
    }
    Add(body, "p",
        fmt::format("{}: {} after {:.1f} s, begun {} {}", node.node, node.boot->ending,
                    std::chrono::duration<double>(node.boot->took).count(),
                    UtcTime(node.boot->began_ns), node.boot->cause));
    xml_node line = body.append_child("div");
    line.append_attribute("class").set_value("line");
    line.append_attribute("data-node").set_value(node.node.c_str());
    AddStages(line, *node.boot, longest);
  }
}

}  // namespace

std::string HilHtml(const hil::Report& report) {
  pugi::xml_document document;
  const std::string title = fmt::format("zprov --hil on {}", report.cluster);
  xml_node html = document.append_child("html");
  html.append_attribute("lang").set_value("en");
  xml_node head = html.append_child("head");
  Add(head, "title", title);
  Add(head, "style", kStyle);
  xml_node body = html.append_child("body");
  Add(body, "h1", title);
  AddOfClass(body, "p", std::string(Name(hil::Overall(report.rows))),
             RunText(report).substr(0, RunText(report).size() - 1));
  Add(body, "p", fmt::format("Begun {}", UtcTime(report.began_ns)));
  xml_node table = body.append_child("table");
  AddCells(table.append_child("tr"), "th", {"outcome", "scenario", "what must hold"});
  for (const hil::Row& row : report.rows) AddScenario(table, row);
  AddPlan(body, report);
  AddBoots(body, report);
  std::ostringstream text;
  // An element without content must have an end tag all the same: this is HTML.
  document.save(text, " ",
                pugi::format_indent | pugi::format_no_declaration |
                    pugi::format_no_empty_element_tags);
  return "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n" + text.str();
}

}  // namespace zprov::cli
