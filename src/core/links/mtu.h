// One MTU for the bridge and all its ports: a port below the bridge's loses large frames without a
// word (fixtures/kernels/README.md, MTU).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/links/wanted.h"

namespace zprov::links {

constexpr uint32_t kPlainMtu = 1500;  // what every Ethernet link can carry

struct CommonMtu {
  uint32_t mtu = kPlainMtu;
  std::string warning;  // why it is not what the spec says, and the way out; empty: it is

  bool operator==(const CommonMtu&) const = default;
};

// What the kernel shows, and what whoever asks knows besides.
struct SeenLinks {
  const std::vector<Link>& links;
  std::set<int> refusing = {};  // links that refused the spec's MTU though their limits allow it
  std::optional<uint32_t> running = {};  // MTU of nodes that run; nothing: as the links show
};

// What the spec says, or kPlainMtu for all when a node's link cannot carry that. What runs already
// is kept: the other end of a link has the MTU it booted with, and frames above ours would be lost.
CommonMtu ChooseMtu(const WantedNetwork& wanted, const SeenLinks& seen);

// Why this link cannot run with `mtu`, and what to do; empty: it can.
std::string WhyNot(const SeenLinks& seen, const Link& link, uint32_t mtu);

}  // namespace zprov::links
