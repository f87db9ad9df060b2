// The way from text to ClusterSpec: read, check, fill in.
#include "core/spec/parse.h"

#include <fmt/format.h>

#include <unordered_map>

#include "core/spec/addressing.h"
#include "core/spec/checks.h"
#include "core/spec/document.h"
#include "core/spec/problems.h"
#include "core/spec/read_sections.h"

namespace zprov::spec {
namespace {

void FillInBridgeMac(Draft& draft) {
  if (draft.bridge_mac || !draft.bridge_address) return;
  const auto& [host, line] = *draft.bridge_address;
  draft.bridge_mac = {HostMacFor(host.address, host), line};
}

// Of a draft without errors: every optional that a spec needs is there.
Node ToNode(const NodeDraft& draft) {
  Node node;
  node.name = draft.name.value;
  if (draft.usb) node.usb = draft.usb->value;
  node.address = draft.address->value;
  node.host_mac = draft.host_mac->value;
  node.node_mac = draft.node_mac->value;
  node.board = draft.board.value;
  node.serial = draft.serial.value;
  node.power = draft.power.value;
  node.power_command = draft.power_command.value;
  return node;
}

ClusterSpec ToSpec(const Draft& draft) {
  ClusterSpec spec;
  spec.name = draft.name.value;
  spec.host = draft.host.value;
  spec.mode = draft.mode.value;
  const auto server = draft.boot_server ? draft.boot_server->value : BootServer::kRpiboot;
  spec.boot_server = spec.mode == Mode::kNative ? BootServer::kZprov : server;
  spec.boot_cmdline = draft.boot_cmdline.value;
  spec.boot_from = draft.boot_from.value;
  spec.boot_initramfs = draft.boot_initramfs.value;
  spec.boot_arch = draft.boot_arch.value;
  spec.boot_at_once = draft.boot_at_once.value;
  for (const LocatedText& path : draft.update_keep) spec.update_keep.push_back(path.value);
  spec.prune_keep = draft.prune_keep.value;
  spec.bridge = {draft.bridge_name.value, draft.bridge_address->value, draft.mtu.value,
                 draft.bridge_mac->value, draft.bridge_isolate.value};
  spec.storage = {draft.store.value, draft.source.value, draft.home.value, draft.boot.value,
                  draft.proto.value};
  spec.nfs = {draft.export_options.value, draft.home_options.value, draft.root_options.value};
  for (const LocatedText& link : draft.deny) spec.deny.push_back(link.value);
  spec.nodes.reserve(draft.nodes.size());
  for (const NodeDraft& node : draft.nodes) spec.nodes.push_back(ToNode(node));
  return spec;
}

// The link of that name is the node's own: it carries its MAC, or it is a gadget's (the kernel
// names only zero and locally administered MACs usbN: fixtures/kernels/README.md, Names).
bool IsOwnLink(const Link& link, const Node& node) {
  constexpr uint8_t kLocallyAdministered = 2;
  if (link.mac == node.host_mac) return true;
  if (!link.usb) return false;
  return link.usb == node.usb || link.mac.IsZero() ||
         (link.mac.bytes[0] & kLocallyAdministered) != 0;
}

}  // namespace

ParsedSpec ParseSpec(std::string_view text) {
  const auto document = ReadDocument(text);
  if (const auto* problem = std::get_if<Problem>(&document)) return {std::nullopt, {*problem}, {}};
  Problems problems;
  Draft draft = ReadDraft(std::get<Table>(document), problems);
  FillInBridgeMac(draft);
  CheckSections(draft, problems);
  CheckStorage(draft, problems);
  CheckUpdate(draft, problems);
  CheckNodes(draft, problems);
  CheckUnique(draft, problems);
  ParsedSpec parsed{std::nullopt, problems.Sorted(), {}};
  if (problems.HasErrors()) return parsed;
  parsed.spec = ToSpec(draft);
  for (const NodeDraft& node : draft.nodes) parsed.node_lines.push_back(node.line);
  return parsed;
}

std::vector<Problem> CheckAgainstLinks(const ParsedSpec& parsed, std::span<const Link> links) {
  std::unordered_map<std::string_view, const Link*> by_name;
  for (const Link& link : links) by_name.emplace(link.name, &link);
  Problems problems;
  if (!parsed.spec) return {};
  for (size_t i = 0; i < parsed.spec->nodes.size(); ++i) {
    const Node& node = parsed.spec->nodes[i];
    const auto link = by_name.find(node.name);
    if (link == by_name.end() || IsOwnLink(*link->second, node)) continue;
    problems.Error(parsed.node_lines[i],
                   fmt::format("node name {} is a link of this host already, and no gadget's: "
                               "choose another name for the node",
                               Quoted(node.name)));
  }
  return problems.Sorted();
}

std::string Describe(std::string_view file, const Problem& problem) {
  const bool is_warning = problem.severity == Problem::Severity::kWarning;
  return fmt::format("{}:{}: {}{}", file, problem.line, is_warning ? "warning: " : "",
                     problem.message);
}

}  // namespace zprov::spec
