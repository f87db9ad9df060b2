#include "core/spec/read_nodes.h"

#include <array>
#include <unordered_map>

#include "core/spec/addressing.h"
#include "core/spec/table_reader.h"

namespace zprov::spec {
namespace {

constexpr int64_t kMaxCount = 65534;       // what a /16 holds
constexpr int64_t kMaxNumber = 999999999;  // longer ones never fit a link's name
constexpr std::string_view kMacForm = "six hex pairs, \"02:34:33:3c:50:22\"";
constexpr std::string_view kUsbForm = "bus and ports as the kernel does, \"1-1.3\"";
constexpr std::string_view kAddressForm = "four numbers, \"192.168.7.33\"";

constexpr std::array kPowers = {std::pair{std::string_view("ganged"), Power::kGanged},
                                std::pair{std::string_view("per-port"), Power::kPerPort},
                                std::pair{std::string_view("command"), Power::kCommand}};

// What [nodes] says, before it is spread over its nodes.
struct Range {
  LocatedText prefix{"s"};
  int64_t first = 0;
  int64_t stride = kProcedureStride;
  std::optional<Located<int64_t>> count;
  std::optional<Located<Ipv4>> address;
  std::optional<Located<Mac>> host_mac;
  std::optional<Located<Mac>> node_mac;
  bool has_unreadable_mac = false;
  std::vector<LocatedText> usb;
};

Range ReadRange(TableReader& table, int line, Problems& problems) {
  Range range;
  range.prefix.line = line;
  Set(range.prefix, table.Text("prefix"));
  range.count = table.Integer("count", {1, kMaxCount});
  if (!table.Has("count")) {
    problems.Error(line, "nodes has no count: write how many nodes there are, count = 5");
  }
  if (const auto first = table.Integer("first", {0, kMaxNumber})) range.first = first->value;
  range.address = table.Parsed<Ipv4>("first_address", kAddressForm);
  if (!table.Has("first_address")) {
    problems.Error(line, "nodes has no first_address: write the first node's, \"192.168.7.33\"");
  }
  if (const auto stride = table.Integer("stride", {1, kMaxStride})) range.stride = stride->value;
  range.host_mac = table.Parsed<Mac>("host_mac", kMacForm);
  range.node_mac = table.Parsed<Mac>("node_mac", kMacForm);
  range.has_unreadable_mac =
      (table.Has("host_mac") && !range.host_mac) || (table.Has("node_mac") && !range.node_mac);
  if (auto usb = table.Texts("usb")) range.usb = *std::move(usb);
  table.ReportUnknown();
  return range;
}

// MACs that are not given follow from the address: the host's side is the rule's, the node's one
// less than the host's.
void FillInMacs(NodeDraft& node, const Draft& draft) {
  if (node.has_unreadable_mac) return;
  if (!node.host_mac && node.address && draft.bridge_address) {
    node.host_mac = {HostMacFor(node.address->value, draft.bridge_address->value),
                     node.address->line};
  }
  if (node.node_mac || !node.host_mac) return;
  // One less than zero: zero itself is reported, there is nothing to add.
  if (const auto mac = Moved(node.host_mac->value, -1)) {
    node.node_mac = {*mac, node.host_mac->line};
  }
}

std::optional<Located<PortPath>> ReadUsb(const LocatedText& text, Problems& problems) {
  if (auto path = PortPath::Parse(text.value)) return Located<PortPath>{*path, text.line};
  problems.Error(text.line, fmt::format("nodes.usb has {}, which cannot be read: write {}",
                                        Quoted(text.value), kUsbForm));
  return std::nullopt;
}

// The range's bases, with those that are not given filled in from the first address.
NodeDraft FirstOf(const Range& range, int line, const Draft& draft) {
  NodeDraft first;
  first.line = line;
  first.address = range.address;
  first.host_mac = range.host_mac;
  first.node_mac = range.node_mac;
  first.has_unreadable_mac = range.has_unreadable_mac;
  FillInMacs(first, draft);
  return first;
}

// The base of the next node, or nothing (said once) when there is no such value.
template <typename T>
std::optional<Located<T>> Next(const std::optional<Located<T>>& base, const Range& range,
                               std::string_view what, Problems& problems) {
  if (!base) return std::nullopt;
  if (const auto moved = Moved(base->value, range.stride)) return Located<T>{*moved, base->line};
  problems.Error(base->line,
                 fmt::format("the range runs over: the {} after {} does not exist; lower "
                             "nodes.count or nodes.stride, or begin lower",
                             what, base->value.ToString()));
  return std::nullopt;
}

void CheckUsbCount(const Range& range, size_t count, Problems& problems) {
  if (!range.count || range.usb.size() <= count) return;
  problems.Error(range.usb[count].line,
                 fmt::format("nodes.usb has {} paths for {} nodes: take out what is too much, or "
                             "raise nodes.count",
                             range.usb.size(), count));
}

void SpreadRange(const Range& range, int line, Draft& draft, Problems& problems) {
  NodeDraft node = FirstOf(range, line, draft);
  draft.range = RangeLines{line, range.prefix.line, node.address ? node.address->line : line,
                           node.host_mac ? node.host_mac->line : line,
                           node.node_mac ? node.node_mac->line : line};
  const auto count = static_cast<size_t>(range.count ? range.count->value : 0);
  CheckUsbCount(range, count, problems);
  draft.nodes.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) {
      node.address = Next(node.address, range, "address", problems);
      node.host_mac = Next(node.host_mac, range, "host_mac", problems);
      node.node_mac = Next(node.node_mac, range, "node_mac", problems);
    }
    const int64_t number = range.first + static_cast<int64_t>(i);
    node.name = {fmt::format("{}{}", range.prefix.value, number), range.prefix.line};
    node.usb.reset();
    if (i < range.usb.size()) node.usb = ReadUsb(range.usb[i], problems);
    node.has_unreadable_usb = i < range.usb.size() && !node.usb;
    draft.nodes.push_back(node);
  }
}

// What one [[node]] says, put over what `node` already has.
void ReadNodeKeys(TableReader& table, NodeDraft& node) {
  const auto usb = table.Parsed<PortPath>("usb", kUsbForm);
  const auto address = table.Parsed<Ipv4>("address", kAddressForm);
  const auto host_mac = table.Parsed<Mac>("host_mac", kMacForm);
  const auto node_mac = table.Parsed<Mac>("node_mac", kMacForm);
  if (table.Has("usb")) node.usb = usb;
  if (table.Has("address")) node.address = address;
  if (table.Has("host_mac")) node.host_mac = host_mac;
  if (table.Has("node_mac")) node.node_mac = node_mac;
  node.has_unreadable_mac =
      (table.Has("host_mac") && !host_mac) || (table.Has("node_mac") && !node_mac);
  node.has_unreadable_usb = table.Has("usb") && !usb;
  Set(node.board, table.Text("board"));
  Set(node.serial, table.Text("serial"));
  Set(node.power, table.Choice<Power>("power", kPowers));
  Set(node.power_command, table.Text("power_command"));
  table.ReportUnknown();
}

// Adds or refines one node. `open` holds the range's nodes that no [[node]] has refined yet.
void ReadSingle(const Value& value, std::unordered_map<std::string, size_t>& open, Draft& draft,
                Problems& problems) {
  const Table* keys = std::get_if<Table>(&value.data);
  if (keys == nullptr) {
    problems.Error(value.line, "node has something that is no table: write [[node]] for each node");
    return;
  }
  TableReader table("node", *keys, problems);
  const auto name = table.Text("name");
  if (!table.Has("name")) {
    problems.Error(value.line, "this [[node]] has no name: write name = \"s5\", or another");
  }
  if (name && open.count(name->value) > 0) {
    NodeDraft& node = draft.nodes[open[name->value]];
    open.erase(name->value);
    node.line = value.line;
    node.name.line = name->line;
    ReadNodeKeys(table, node);
    return;
  }
  NodeDraft node;
  node.line = value.line;
  ReadNodeKeys(table, node);
  if (name) node.name = *name;
  if (!table.Has("address")) {
    problems.Error(value.line,
                   fmt::format("[[node]] {} has no address: write address = \"192.168.7.53\", or "
                               "another of the bridge's network",
                               name ? Quoted(name->value) : "without a name"));
  }
  FillInMacs(node, draft);
  if (name) draft.nodes.push_back(std::move(node));
}

}  // namespace

void ReadNodes(const Value* range, const Value* single, Draft& draft, Problems& problems) {
  if (range != nullptr) {
    if (const Table* keys = std::get_if<Table>(&range->data)) {
      TableReader table("nodes", *keys, problems);
      SpreadRange(ReadRange(table, range->line, problems), range->line, draft, problems);
    } else {
      problems.Error(range->line,
                     "nodes is one table, the range: write [nodes]; single nodes are [[node]]");
    }
  }
  const bool has_empty_list = single != nullptr && std::holds_alternative<Array>(single->data) &&
                              std::get<Array>(single->data).empty();
  if (range == nullptr && (single == nullptr || has_empty_list)) {
    problems.Error(1,
                   "the cluster has no nodes: write [nodes] with count and first_address, or a "
                   "[[node]] for each");
  }
  if (single == nullptr) return;
  const Array* tables = std::get_if<Array>(&single->data);
  if (tables == nullptr) {
    problems.Error(
        single->line,
        "node is a list: write [nodes] for a range of nodes, or [[node]], in two brackets, "
        "for each single one");
    return;
  }
  std::unordered_map<std::string, size_t> open;
  for (size_t i = 0; i < draft.nodes.size(); ++i) open[draft.nodes[i].name.value] = i;
  for (const Value& value : *tables) ReadSingle(value, open, draft, problems);
}

}  // namespace zprov::spec
