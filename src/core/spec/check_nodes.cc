// Rules of each node by itself. What two nodes may not share is check_unique.cc.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/boards/boards.h"
#include "core/spec/checks.h"
#include "core/spec/names.h"
#include "util/strings.h"

namespace zprov::spec {
namespace {

class NodeChecks {
 public:
  NodeChecks(const Draft& draft, Problems& problems) : draft_(draft), problems_(problems) {}

  void Check(const NodeDraft& node) {
    CheckName(node);
    CheckAddress(node);
    CheckMac("host_mac", node.host_mac, node);
    if (!FollowsBadMac(node)) CheckMac("node_mac", node.node_mac, node);
    CheckBoard(node);
    CheckSerial(node);
    CheckPower(node);
  }

 private:
  // A fault of the range's arithmetic is said for the first node that has it, not for each.
  bool IsSaid(std::string_view rule, int line) {
    const bool is_ranges = draft_.range && draft_.range->Has(line);
    return is_ranges && !said_.emplace(rule, line).second;
  }

  void CheckName(const NodeDraft& node) {
    const auto& [name, line] = node.name;
    std::string fault = LinkNameFault(name).value_or("");
    if (name == draft_.bridge_name.value) fault = "is the bridge's";
    if (name == draft_.host.value) fault = "is the host's";
    if (name == "base" || name == "boot") fault = "is one that a generation keeps for itself";
    if (fault.empty() || IsSaid("name", line)) return;
    problems_.Error(line, fmt::format("node name {} {}: choose another of at most 15 of a-z, 0-9 "
                                      "and '-'",
                                      Quoted(name), fault));
  }

  void CheckAddress(const NodeDraft& node) {
    if (!node.address || !draft_.bridge_address) return;
    const auto& [address, line] = *node.address;
    const InterfaceAddress& host = draft_.bridge_address->value;
    std::string fault;
    if (!host.Contains(address)) {
      fault = fmt::format("lies outside the bridge's network {}/{}",
                          host.NetworkAddress().ToString(), host.prefix);
    } else if (address == host.address) {
      fault = "is the host's own";
    } else if (address == host.NetworkAddress()) {
      fault = "is the network's own address";
    } else if (address == host.Broadcast()) {
      fault = "is the network's broadcast address";
    }
    if (fault.empty() || IsSaid(fault, line)) return;
    const bool is_ranges = draft_.range && draft_.range->Has(line);
    problems_.Error(
        line, fmt::format("address {} of {} {}: {}, or give bridge.address a larger "
                          "network",
                          address.ToString(), node.name.value, fault,
                          is_ranges ? "begin elsewhere, lower nodes.count" : "choose another"));
  }

  // One less than a host_mac that is reported already, on whose line it stands.
  static bool FollowsBadMac(const NodeDraft& node) {
    return node.host_mac && node.node_mac && node.host_mac->value.IsMulticast() &&
           node.node_mac->line == node.host_mac->line;
  }

  void CheckMac(std::string_view key, const std::optional<Located<Mac>>& mac,
                const NodeDraft& node) {
    if (!mac) return;
    const bool is_zero = mac->value.IsZero();
    if (!is_zero && !mac->value.IsMulticast()) return;
    if (IsSaid(key, mac->line)) return;
    problems_.Error(mac->line,
                    fmt::format("{} {} of {} is {}: choose one whose first byte is even, "
                                "\"02:…\"",
                                key, mac->value.ToString(), node.name.value,
                                is_zero ? "zero" : "a multicast address"));
  }

  void CheckBoard(const NodeDraft& node) {
    if (boards::Find(node.board.value) != nullptr) return;
    std::vector<std::string> names;
    for (const boards::Board& board : boards::All()) names.emplace_back(board.name);
    const auto nearest = Nearest(node.board.value, names);
    problems_.Error(
        node.board.line,
        fmt::format("board {} of {} is unknown: {}", Quoted(node.board.value), node.name.value,
                    nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                            : "choose one of " + Join(names, ", ")));
  }

  void CheckSerial(const NodeDraft& node) {
    const auto& [serial, line] = node.serial;
    if (const auto fault = SerialFault(serial)) {
      problems_.Error(line,
                      fmt::format("serial {} of {} {}", Quoted(serial), node.name.value, *fault));
    }
  }

  void CheckPower(const NodeDraft& node) {
    const auto& [command, line] = node.power_command;
    const bool wants_command = node.power.value == Power::kCommand;
    if (wants_command && command.empty()) {
      problems_.Error(node.power.line,
                      fmt::format("power = \"command\" of {} needs a power_command: write the "
                                  "program that is run with \"on\" or \"off\" as last argument",
                                  node.name.value));
    } else if (!wants_command && !command.empty()) {
      problems_.Error(line, fmt::format("power_command of {} is never run: write power = "
                                        "\"command\" too, or take it out",
                                        node.name.value));
    } else if (wants_command && !command.starts_with('/')) {
      problems_.Error(line, fmt::format("power_command {} of {} is not absolute: write the "
                                        "program's whole path",
                                        Quoted(command), node.name.value));
    }
  }

  const Draft& draft_;
  Problems& problems_;
  std::set<std::pair<std::string, int>> said_;
};

// Names in file order; of many, the first three and the last.
std::string Listed(const std::vector<std::string>& names) {
  constexpr size_t kMostNames = 6;
  if (names.size() <= kMostNames) return Join(names, ", ");
  return fmt::format("{}, {}, {} … {} ({} nodes)", names[0], names[1], names[2], names.back(),
                     names.size());
}

void WarnOfMissingPaths(const Draft& draft, Problems& problems) {
  std::vector<std::string> names;
  int line = 0;
  for (const NodeDraft& node : draft.nodes) {
    if (node.usb || node.has_unreadable_usb) continue;
    if (names.empty()) line = node.line;
    names.push_back(node.name.value);
  }
  if (names.empty()) return;
  problems.Warn(line, fmt::format("{} {} no usb path and will not be booted: give usb = \"1-1.3\", "
                                  "the port's name in /sys/bus/usb/devices",
                                  Listed(names), names.size() == 1 ? "has" : "have"));
}

}  // namespace

void CheckNodes(const Draft& draft, Problems& problems) {
  NodeChecks checks(draft, problems);
  for (const NodeDraft& node : draft.nodes) checks.Check(node);
  WarnOfMissingPaths(draft, problems);
}

}  // namespace zprov::spec
