#include "core/spec/format_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/spec/addressing.h"
#include "util/strings.h"

namespace zprov::spec {
namespace {

constexpr unsigned long kMaxWritten = 999999999;

struct NumberedName {
  std::string prefix;
  unsigned long number = 0;
};

struct WrittenRange {
  NumberedName first;
  int64_t stride = kProcedureStride;
};

// "s00" → "s0" and 0: the digits at the end without leading zeros, which a range would not write.
std::optional<NumberedName> SplitName(const std::string& name) {
  size_t at = name.size();
  while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') --at;
  while (at + 1 < name.size() && name[at] == '0') ++at;
  const auto number = ParseNumber(std::string_view(name).substr(at), kMaxWritten);
  if (!number || at == 0) return std::nullopt;
  return NumberedName{name.substr(0, at), *number};
}

bool Follows(const Node& node, const Node& first, const WrittenRange& range, size_t index) {
  const int64_t by = range.stride * static_cast<int64_t>(index);
  return node.name == fmt::format("{}{}", range.first.prefix, range.first.number + index) &&
         node.address == Moved(first.address, by) && node.host_mac == Moved(first.host_mac, by) &&
         node.node_mac == Moved(first.node_mac, by);
}

// The range that gives exactly these nodes' names, addresses and MACs.
std::optional<WrittenRange> AsRange(const std::vector<Node>& nodes) {
  if (nodes.empty()) return std::nullopt;
  const auto name = SplitName(nodes.front().name);
  if (!name) return std::nullopt;
  WrittenRange range{*name, kProcedureStride};
  if (nodes.size() > 1) {
    range.stride = int64_t{nodes[1].address.number} - nodes[0].address.number;
  }
  if (range.stride < 1 || range.stride > kMaxStride) return std::nullopt;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!Follows(nodes[i], nodes.front(), range, i)) return std::nullopt;
  }
  return range;
}

// How many nodes from the first on have a usb path: those go into the range's list.
size_t LeadingPaths(const std::vector<Node>& nodes) {
  const auto end = std::ranges::find_if(nodes, [](const Node& node) { return !node.usb; });
  return static_cast<size_t>(end - nodes.begin());
}

std::string_view Word(Power power) {
  switch (power) {
    case Power::kGanged:
      return "ganged";
    case Power::kPerPort:
      return "per-port";
    case Power::kCommand:
      return "command";
  }
  return "";
}

// What neither the range nor a default says.
std::string FormatExtras(const Node& node) {
  std::string text;
  const Node defaults;
  if (node.board != defaults.board) text += fmt::format("board = {}\n", TomlText(node.board));
  if (!node.serial.empty()) text += fmt::format("serial = {}\n", TomlText(node.serial));
  if (node.power != defaults.power) text += fmt::format("power = \"{}\"\n", Word(node.power));
  if (!node.power_command.empty()) {
    text += fmt::format("power_command = {}\n", TomlText(node.power_command));
  }
  return text;
}

std::string FormatUsb(const Node& node) {
  return node.usb ? fmt::format("usb = \"{}\"\n", node.usb->ToString()) : "";
}

std::string FormatUsbList(const std::vector<Node>& nodes, size_t count) {
  if (count == 0) return "# usb = [\"1-1.2\", \"1-1.3\"]\n";
  std::vector<std::string> paths;
  for (size_t i = 0; i < count; ++i) paths.push_back(nodes[i].usb->ToString());
  return fmt::format("usb = {}\n", TomlList(paths));
}

std::string FormatRange(const std::vector<Node>& nodes, const WrittenRange& range) {
  const Node& first = nodes.front();
  const size_t paths = LeadingPaths(nodes);
  std::string text = fmt::format(
      R"([nodes]
# A range of nodes: {names}.
prefix = {prefix}
count = {count}
# The first one's number; every next name, address and MAC follows from the first.
first = {number}
first_address = "{address}"
# Added from node to node, to addresses and MACs alike; both carry.
stride = {stride}
# MAC of the first node's link on the host's side, and of its own usb0.
host_mac = "{host_mac}"
node_mac = "{node_mac}"
# Where each node is plugged in, in order, as the kernel names USB ports. A node without is
# prepared but not booted.
)",
      fmt::arg("names", nodes.size() == 1 ? first.name : first.name + " to " + nodes.back().name),
      fmt::arg("prefix", TomlText(range.first.prefix)), fmt::arg("count", nodes.size()),
      fmt::arg("number", range.first.number), fmt::arg("address", first.address.ToString()),
      fmt::arg("stride", range.stride), fmt::arg("host_mac", first.host_mac.ToString()),
      fmt::arg("node_mac", first.node_mac.ToString()));
  text += FormatUsbList(nodes, paths);
  for (size_t i = 0; i < nodes.size(); ++i) {
    std::string extras = i < paths ? "" : FormatUsb(nodes[i]);
    extras += FormatExtras(nodes[i]);
    if (extras.empty()) continue;
    text += fmt::format("\n[[node]]  # refines the range's\nname = {}\n{}", TomlText(nodes[i].name),
                        extras);
  }
  return text;
}

std::string FormatSingle(const Node& node) {
  return fmt::format(
      "\n[[node]]\nname = {}\naddress = \"{}\"\nhost_mac = \"{}\"\nnode_mac = \"{}\"\n{}{}",
      TomlText(node.name), node.address.ToString(), node.host_mac.ToString(),
      node.node_mac.ToString(), FormatUsb(node), FormatExtras(node));
}

constexpr std::string_view kSingleComment = R"(
# A [[node]] whose name the range has refines that node; any other adds one after the range.
# Its keys: name; usb = "1-1.3", the port; address; host_mac and node_mac (default: they follow
# from the address); board = "zero" or "zero-w"; serial (default: learned at the first boot);
# power = "ganged" (default), "per-port" or "command", with power_command = "/path/program args",
# which is run with "on" or "off" as last argument.
)";

}  // namespace

std::string TomlText(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string TomlList(std::span<const std::string> texts) {
  constexpr size_t kPerLine = 8;
  std::string list = "[";
  for (size_t i = 0; i < texts.size(); ++i) {
    const bool is_new_line = texts.size() > kPerLine && i % kPerLine == 0;
    if (i > 0) list += is_new_line ? "," : ", ";
    if (is_new_line) list += "\n  ";
    list += TomlText(texts[i]);
  }
  return list + (texts.size() > kPerLine ? ",\n]" : "]");
}

std::string FormatNodes(const ClusterSpec& spec) {
  std::string text;
  if (const auto range = AsRange(spec.nodes)) {
    return FormatRange(spec.nodes, *range) + std::string(kSingleComment);
  }
  text = kSingleComment.substr(1);
  for (const Node& node : spec.nodes) text += FormatSingle(node);
  return text;
}

}  // namespace zprov::spec
