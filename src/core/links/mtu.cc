#include "core/links/mtu.h"

#include <fmt/format.h>

#include "core/links/changes.h"

namespace zprov::links {
namespace {

// What nodes run with that are up in the bridge, when they agree: nothing may change it under them.
std::optional<uint32_t> RunningMtu(const WantedNetwork& wanted, const std::vector<Link>& links) {
  const Link* bridge = Find(links, wanted.bridge);
  if (bridge == nullptr) return std::nullopt;
  bool is_one_up = false;
  for (const Link* link : LinksOf(links, wanted.links)) {
    if (link == nullptr || !link->up || link->master != wanted.bridge) continue;
    if (link->mtu != bridge->mtu) return std::nullopt;
    is_one_up = true;
  }
  const bool is_ours = bridge->mtu == wanted.mtu || bridge->mtu == kPlainMtu;
  return is_one_up && is_ours ? std::optional(bridge->mtu) : std::nullopt;
}

bool Refuses(const SeenLinks& seen, const Link& link, uint32_t mtu) {
  return mtu > kPlainMtu && seen.refusing.contains(link.index);
}

bool Carries(const SeenLinks& seen, const Link& link, uint32_t mtu) {
  if (Refuses(seen, link, mtu)) return false;
  return mtu >= link.min_mtu && (link.max_mtu == 0 || mtu <= link.max_mtu);
}

// Linux 6.1.162 is the first stable kernel of its series with the cap (c7159e960f14).
std::string FallsBack(const SeenLinks& seen, const Link& link, const std::string& node,
                      uint32_t mtu) {
  if (Refuses(seen, link, mtu)) {
    return fmt::format(
        "the kernel refuses an MTU of {} on {} (node {}): every link runs with {} until [bridge] "
        "names an mtu that the link's driver can frame",
        mtu, link.name, node, kPlainMtu);
  }
  return fmt::format(
      "the kernel allows an MTU of at most {} on {} (node {}), not {}: every link runs "
      "with {} until that node's gadget is `geth`, which kernels do not cap (others are capped "
      "since Linux 6.1.162)",
      link.max_mtu, link.name, node, mtu, kPlainMtu);
}

// The first node's that cannot carry what the spec says; empty: all can.
std::string WhyPlain(const WantedNetwork& wanted, const SeenLinks& seen) {
  if (wanted.mtu <= kPlainMtu) return "";
  const auto of_nodes = LinksOf(seen.links, wanted.links);
  for (size_t i = 0; i < of_nodes.size(); ++i) {
    const Link* const link = of_nodes[i];
    if (link == nullptr || Carries(seen, *link, wanted.mtu)) continue;
    return FallsBack(seen, *link, wanted.links[i].name, wanted.mtu);
  }
  return "";
}

}  // namespace

CommonMtu ChooseMtu(const WantedNetwork& wanted, const SeenLinks& seen) {
  const auto running = seen.running ? seen.running : RunningMtu(wanted, seen.links);
  if (running == wanted.mtu) return {wanted.mtu, ""};
  const std::string why = WhyPlain(wanted, seen);
  if (!why.empty()) return {kPlainMtu, why};
  if (!running) return {wanted.mtu, ""};
  return {*running,
          fmt::format("the bridge {} runs with an MTU of {}, and the spec says {}: halt all nodes "
                      "together, and they come back with that",
                      wanted.bridge, *running, wanted.mtu)};
}

std::string WhyNot(const SeenLinks& seen, const Link& link, uint32_t mtu) {
  if (Carries(seen, link, mtu)) return "";
  const std::string limit = Refuses(seen, link, mtu)
                                ? "refuses that here"
                                : fmt::format("allows {} to {} here", link.min_mtu, link.max_mtu);
  return fmt::format(
      "the bridge runs with an MTU of {}, and the kernel {}: make this node's gadget `geth`, which "
      "kernels do not cap, or set mtu = {} under [bridge] and halt all nodes together",
      mtu, limit, kPlainMtu);
}

}  // namespace zprov::links
