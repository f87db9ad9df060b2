// What no two may share: names, addresses, MACs, USB paths, serials. One pass, whatever the count.
#include <fmt/format.h>

#include <set>
#include <unordered_map>

#include "core/spec/checks.h"

namespace zprov::spec {
namespace {

struct Claim {
  std::string value;  // "MAC 02:34:33:3c:50:22"
  std::string owner;  // "s0's host_mac"
  int line = 1;
  std::string_view cure = "give one of them another";
};

class Claims {
 public:
  Claims(const Draft& draft, Problems& problems) : draft_(draft), problems_(problems) {}

  // True when it is free. A collision within the range is said once, not for each of its nodes.
  bool Take(Claim claim) {
    const auto [place, is_new] =
        claims_.try_emplace(std::move(claim.value), claim.owner, claim.line);
    if (is_new) return true;
    const auto& [taken_by, taken_at] = place->second;
    const auto& range = draft_.range;
    const bool is_ranges_own = range && range->Has(claim.line) && range->Has(taken_at);
    if (is_ranges_own && !said_.insert({claim.line, taken_at}).second) return false;
    problems_.Error(
        claim.line,
        fmt::format(
            "{} as {} is already {} (line {}): {}", place->first, claim.owner, taken_by, taken_at,
            is_ranges_own ? "choose another nodes.stride, or bases further apart" : claim.cure));
    return false;
  }

 private:
  const Draft& draft_;
  Problems& problems_;
  std::unordered_map<std::string, std::pair<std::string, int>> claims_;
  std::set<std::pair<int, int>> said_;
};

// MACs that follow from an address that is taken are taken too: that is said for the address.
void TakeAddresses(const NodeDraft& node, const Draft& draft, Claims& claims) {
  const std::string& name = node.name.value;
  int address_line = 0;
  if (node.address) {
    const auto& [address, line] = *node.address;
    const bool is_free = claims.Take({"address " + address.ToString(), name + "'s", line});
    const auto& host = draft.bridge_address;
    const bool is_hosts = host && host->value.address == address;
    address_line = is_free && !is_hosts ? line : -line;
  }
  const auto take_mac = [&](const std::optional<Located<Mac>>& mac, std::string_view key) {
    if (!mac || mac->line == -address_line) return;
    Claim claim{"MAC " + mac->value.ToString(), fmt::format("{}'s {}", name, key), mac->line};
    // The rule uses up two MACs in a row: nodes with neighbouring addresses meet.
    if (mac->line == address_line) claim.cure = "leave a free address between them, or write MACs";
    claims.Take(std::move(claim));
  };
  take_mac(node.host_mac, "host_mac");
  take_mac(node.node_mac, "node_mac");
}

void TakeAll(const NodeDraft& node, const Draft& draft, Claims& claims) {
  const std::string& name = node.name.value;
  claims.Take({"name " + Quoted(name), "a node's", node.name.line});
  TakeAddresses(node, draft, claims);
  if (node.usb) {
    claims.Take({"usb path " + node.usb->value.ToString(), name + "'s", node.usb->line});
  }
  if (!node.serial.value.empty()) {
    claims.Take({"serial " + Quoted(node.serial.value), name + "'s", node.serial.line});
  }
}

}  // namespace

void CheckUnique(const Draft& draft, Problems& problems) {
  Claims claims(draft, problems);
  if (draft.bridge_mac) {
    claims.Take(
        {"MAC " + draft.bridge_mac->value.ToString(), "the bridge's", draft.bridge_mac->line});
  }
  for (const NodeDraft& node : draft.nodes) TakeAll(node, draft, claims);
}

}  // namespace zprov::spec
