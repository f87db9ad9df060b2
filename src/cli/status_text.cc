#include "cli/status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "cli/boot_text.h"
#include "cli/boots_text.h"
#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using engine::ClusterStatus;
using engine::Life;
using engine::NodeStatus;
using engine::NodeView;
using engine::RebootEffect;

std::string Runs(const NodeStatus& node) {
  if (node.life.life == Life::kDown) return "-";
  if (node.may_run.empty()) return "?";
  const std::vector<int> but_last(node.may_run.begin(), node.may_run.end() - 1);
  const std::string last = std::to_string(node.may_run.back());
  return but_last.empty() ? last : Numbers(but_last) + " or " + last;
}

// Generation 0 was made by hand, nobody knows when.
bool HasTime(const NodeStatus& node) { return node.record && node.record->made_ns > 0; }

std::string Wrote(const os::Changes& changes) {
  if (changes.count == 0) return "nothing";
  return fmt::format("{}, {}", Count(changes.count, "file"), Size(changes.bytes));
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : Printable(text); }

std::vector<std::string> RowOf(const NodeStatus& node, int64_t now_ns) {
  return {node.node,
          std::string(engine::Name(node.life.life)),
          Runs(node),
          node.would_get ? std::to_string(*node.would_get) : "none",
          HasTime(node) ? Age(node.record->made_ns, now_ns) : "-",
          node.record ? OrDash(node.record->source) : "-",
          node.record ? OrDash(node.record->kernel) : "-",
          std::string(engine::Name(node.reboot)),
          node.would_get ? Wrote(node.wrote) : "-",
          Printable(node.life.evidence)};
}

std::string Drift(const std::vector<std::string>& titles) {
  std::string text;
  for (const std::string& title : titles) {
    text += fmt::format("managed files differ: {}; `zprov plan` shows it\n", Printable(title));
  }
  return text;
}

std::string Interrupted(const std::string& left) {
  return left.empty() ? "" : fmt::format("an earlier run did not end: {}\n", Printable(left));
}

// "3 up, 2 down", in the order of the worst first.
std::string LifeCounts(const std::vector<NodeStatus>& nodes) {
  constexpr std::array kOrder = {Life::kHung, Life::kUnknown, Life::kUp, Life::kBooting,
                                 Life::kDown};
  std::vector<std::string> counts;
  for (const Life life : kOrder) {
    const auto count = std::count_if(nodes.begin(), nodes.end(),
                                     [&](const auto& node) { return node.life.life == life; });
    if (count > 0) counts.push_back(fmt::format("{} {}", count, engine::Name(life)));
  }
  return Join(counts, ", ");
}

// "all" of several, or their names.
std::string Who(const std::vector<std::string>& names, size_t all) {
  return names.size() == all && all > 1 ? "all" : Join(names, ", ");
}

std::string Summary(const std::vector<NodeStatus>& nodes) {
  std::set<int> next;
  std::vector<std::string> rootless;
  std::vector<std::string> changing;
  for (const NodeStatus& node : nodes) {
    if (node.would_get) next.insert(*node.would_get);
    if (!node.would_get) rootless.push_back(node.node);
    if (node.reboot == RebootEffect::kChanges) changing.push_back(node.node);
  }
  std::string text = fmt::format("{}: {}", Count(nodes.size(), "node"), LifeCounts(nodes));
  if (!next.empty()) text += "; next boot: " + Generations({next.begin(), next.end()});
  if (!rootless.empty()) text += "; no root: " + Who(rootless, nodes.size());
  if (!changing.empty()) text += "; a reboot may change " + Who(changing, nodes.size());
  return text + "\n";
}

std::string NextBoot(const NodeStatus& node, int64_t now_ns) {
  if (!node.would_get) return "nothing: it has no root; `zprov apply` makes one";
  std::string text = fmt::format("generation {}", *node.would_get);
  if (!node.record) return text;
  if (HasTime(node)) {
    const int64_t made_ns = node.record->made_ns;
    text += fmt::format(", made {} ({})", UtcTime(made_ns),
                        made_ns > now_ns ? "later than this host's clock: is it right?"
                                         : Age(made_ns, now_ns) + " ago");
  } else {
    text += ", made by hand";
  }
  if (!node.record->source.empty()) text += " from " + Printable(node.record->source);
  if (!node.record->kernel.empty()) text += ", kernel " + Printable(node.record->kernel);
  return text;
}

std::string RunsInWords(const NodeStatus& node) {
  if (node.life.life == Life::kDown) return "nothing";
  if (node.may_run.empty()) return "not known";
  return fmt::format("generation {}", Runs(node));
}

std::string RebootInWords(const NodeStatus& node) {
  if (!node.would_get) return "brings nothing: it has no root";
  if (node.life.life == Life::kDown) return "is none: it is down";
  switch (node.reboot) {
    case RebootEffect::kNothing:
      return "brings the same content again";
    case RebootEffect::kChanges:
      return node.may_run.size() == 1 ? "brings another boot set or root"
                                      : "may bring another boot set or root";
    case RebootEffect::kUnknown:
      return "may bring something else: what it runs is not known";
  }
  return {};
}

std::string Largest(const os::Changes& changes) {
  std::vector<std::vector<std::string>> rows;
  for (const os::ChangedFile& file : changes.largest) {
    rows.push_back({std::string(13, ' '), Size(file.bytes), Printable(file.path)});
  }
  return Table(rows);
}

std::string WrongBootFiles(const NodeStatus& node) {
  std::string text;
  for (const lint::Finding& finding : node.boot_files) {
    text += fmt::format("its boot files: {}\n", Printable(lint::Describe(finding)));
  }
  return text;
}

const NodeView* ViewOf(const engine::Snapshot& live, const std::string& node) {
  const auto view = std::ranges::find(live.nodes, node, &NodeView::node);
  return view == live.nodes.end() ? nullptr : &*view;
}

// Two columns before the last, for those that serve boots.
void AddLive(std::vector<std::vector<std::string>>& rows, const engine::Snapshot& live) {
  for (auto& row : rows) {
    const NodeView* view = ViewOf(live, row.front());
    std::vector<std::string> cells = {"STAGE", "MTU"};
    if (&row != &rows.front()) {
      cells = {view == nullptr ? "-" : StageOf(*view),
               view == nullptr || view->mtu == 0 ? "-" : std::to_string(view->mtu)};
    }
    row.insert(row.end() - 1, cells.begin(), cells.end());
  }
}

std::string OrderInWords(const engine::OrderView& order) {
  std::string text = fmt::format("{} {}", engine::Name(order.what), engine::Name(order.state));
  return order.text.empty() ? text : text + ": " + Printable(order.text);
}

std::string InWords(const NodeView& view, os::Moment at) {
  const double seconds = std::chrono::duration<double>(at - view.since).count();
  std::string text = fmt::format("{} for {:.0f} s", StageOf(view), seconds);
  if (view.mtu != 0) text += fmt::format(", MTU {}", view.mtu);
  if (!view.cause.empty()) text += "; " + Printable(view.cause);
  if (!view.miss.empty()) text += fmt::format("; {} is missing", Printable(view.miss));
  if (view.order) text += "; " + OrderInWords(*view.order);
  return text;
}

std::string WhatServeSays(const engine::Snapshot& live, const std::string& node) {
  const NodeView* view = ViewOf(live, node);
  return view == nullptr ? "nothing: the node has no port" : InWords(*view, live.at);
}

// What an operator should act on.
std::string Troubles(const engine::Snapshot& live) {
  std::string text;
  for (const NodeView& view : live.nodes) {
    if (!view.cause.empty()) text += fmt::format("{}: {}\n", view.node, Printable(view.cause));
  }
  return text + BoardsAndWarnings(live.unknown, live.warnings);
}

}  // namespace

std::string StatusText(const ClusterStatus& status, const Live& live) {
  std::vector<std::vector<std::string>> rows = {
      {"NODE", "LIFE", "RUNS", "NEXT", "AGE", "SOURCE", "KERNEL", "REBOOT", "WROTE", "EVIDENCE"}};
  for (const NodeStatus& node : status.nodes) rows.push_back(RowOf(node, status.now_ns));
  if (live) AddLive(rows, *live);
  return Table(rows) + (live ? Troubles(*live) : "") + Drift(status.drift) +
         Interrupted(status.interrupted) + Summary(status.nodes);
}

std::string NodeText(const ClusterStatus& status, const Live& live) {
  std::string text;
  for (const NodeStatus& node : status.nodes) {
    const std::string life = std::string(engine::Name(node.life.life));
    std::vector<std::vector<std::string>> rows = {
        {"  life", life + ": " + Printable(node.life.evidence)}};
    if (live) rows.push_back({"  serve says", WhatServeSays(*live, node.node)});
    rows.insert(rows.end(),
                {{"  runs", RunsInWords(node)},
                 {"  next boot", NextBoot(node, status.now_ns)},
                 {"  a reboot", RebootInWords(node)},
                 {"  generations", node.generations.empty() ? "none" : Numbers(node.generations)},
                 {"  wrote", Wrote(node.wrote)}});
    text += node.node + "\n" + Table(rows) + Largest(node.wrote) + WrongBootFiles(node) +
            BootsText(node.boots);
  }
  return text + Drift(status.drift) + Interrupted(status.interrupted);
}

}  // namespace zprov::cli
