#include "cli/orders_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "cli/boot_text.h"
#include "cli/text.h"
#include "cli/update_text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using engine::NodeOrdered;
using engine::Order;
using OrderEnd = NodeOrdered::How;

std::string_view Head(Order what) {
  switch (what) {
    case Order::kHalt:
      return "HALT";
    case Order::kReboot:
      return "REBOOT";
  }
  return "";
}

// "s1: halt failed: it did not leave the bus: cut its power by hand".
std::string WhyNot(Order what, const NodeOrdered& node) {
  std::string text =
      fmt::format("{}: {} {}", node.view.node, engine::Name(what), engine::Name(node.how));
  if (node.how == OrderEnd::kFailed && node.view.order) {
    text += ": " + Printable(node.view.order->text);
  } else {
    text += fmt::format(", at stage \"{}\"; `zprov status {}` shows more",
                        engine::Name(node.view.state), node.view.node);
  }
  return text + "\n";
}

}  // namespace

std::string OrderedText(Order what, const engine::Ordered& ordered) {
  std::vector<std::vector<std::string>> rows = {{"NODE", std::string(Head(what)), "STAGE"}};
  std::map<OrderEnd, size_t> counts;
  std::string below;
  for (const NodeOrdered& node : ordered.nodes) {
    rows.push_back({node.view.node, std::string(engine::Name(node.how)),
                    std::string(engine::Name(node.view.state))});
    ++counts[node.how];
    if (node.how != OrderEnd::kDone) below += WhyNot(what, node);
  }
  below += BoardsAndWarnings({}, ordered.warnings);
  std::vector<std::string> parts;
  for (const auto& [how, count] : counts) {
    parts.push_back(fmt::format("{} {}", count, engine::Name(how)));
  }
  return Table(rows) + below + Count(ordered.nodes.size(), "node") + ": " + Join(parts, ", ") +
         "\n";
}

std::string RenewedText(const engine::Renewed& renewed) {
  engine::Updated updated = renewed.updated;
  updated.at_next_boot.clear();  // they were rebooted, as the table below says
  std::string text = UpdateText(updated);
  if (!renewed.rebooted.empty()) {
    text += OrderedText(Order::kReboot, {renewed.rebooted, renewed.warnings});
  } else {
    text += BoardsAndWarnings({}, renewed.warnings);
    if (updated.number != 0) text += "no node was rebooted\n";
  }
  return text;
}

bool AllObeyed(const engine::Ordered& ordered) {
  return std::ranges::all_of(ordered.nodes,
                             [](const NodeOrdered& node) { return node.how == OrderEnd::kDone; });
}

}  // namespace zprov::cli
