// What no two may share: names, addresses, MACs, USB paths, serials. One pass, whatever the count.
#include <fmt/format.h>

#include <set>
#include <unordered_map>

#include "core/spec/checks.h"

namespace zprov::spec {
namespace {

class Claims {
 public:
  Claims(const Draft& draft, Problems& problems) : draft_(draft), problems_(problems) {}

  // `owner` ("s0's host_mac") takes `value` ("MAC 02:34:33:3c:50:22"), or hears who has it.
  // True when it is free. A collision within the range is said once, not for each of its nodes.
  bool Take(std::string value, std::string owner, int line) {
    const auto [claim, is_new] = claims_.try_emplace(std::move(value), owner, line);
    if (is_new) return true;
    const auto& [taken_by, taken_at] = claim->second;
    const bool is_ranges_own = IsRangeLine(line) && IsRangeLine(taken_at);
    if (is_ranges_own && !said_.insert({line, taken_at}).second) return false;
    problems_.Error(
        line,
        fmt::format("{} as {} is already {} (line {}): {}", claim->first, owner, taken_by, taken_at,
                    is_ranges_own ? "choose another nodes.stride, or bases further apart"
                                  : "give one of them another"));
    return false;
  }

 private:
  bool IsRangeLine(int line) const {
    const auto& range = draft_.range;
    return range && (line == range->table || line == range->prefix || line == range->address ||
                     line == range->host_mac || line == range->node_mac);
  }

  const Draft& draft_;
  Problems& problems_;
  std::unordered_map<std::string, std::pair<std::string, int>> claims_;
  std::set<std::pair<int, int>> said_;
};

// MACs that follow from an address that is taken are taken too: that is said for the address.
void TakeAddresses(const NodeDraft& node, const Draft& draft, Claims& claims) {
  const std::string& name = node.name.value;
  int taken_at = 0;
  if (node.address) {
    const auto& [address, line] = *node.address;
    const bool is_free = claims.Take("address " + address.ToString(), name + "'s", line);
    const auto& host = draft.bridge_address;
    if (!is_free || (host && host->value.address == address)) taken_at = line;
  }
  const auto take_mac = [&](const std::optional<Located<Mac>>& mac, std::string_view key) {
    if (!mac || mac->line == taken_at) return;
    claims.Take("MAC " + mac->value.ToString(), fmt::format("{}'s {}", name, key), mac->line);
  };
  take_mac(node.host_mac, "host_mac");
  take_mac(node.node_mac, "node_mac");
}

void TakeAll(const NodeDraft& node, const Draft& draft, Claims& claims) {
  const std::string& name = node.name.value;
  claims.Take("name " + Quoted(name), "a node's", node.name.line);
  TakeAddresses(node, draft, claims);
  if (node.usb) {
    claims.Take("usb path " + node.usb->value.ToString(), name + "'s", node.usb->line);
  }
  if (!node.serial.value.empty()) {
    claims.Take("serial " + Quoted(node.serial.value), name + "'s", node.serial.line);
  }
}

}  // namespace

void CheckUnique(const Draft& draft, Problems& problems) {
  Claims claims(draft, problems);
  if (draft.bridge_mac) {
    claims.Take("MAC " + draft.bridge_mac->value.ToString(), "the bridge's",
                draft.bridge_mac->line);
  }
  for (const NodeDraft& node : draft.nodes) TakeAll(node, draft, claims);
}

}  // namespace zprov::spec
