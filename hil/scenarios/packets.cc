// Packets as large as the bridge's MTU, to each node and back.
#include <fmt/format.h>

#include "core/links/mtu.h"
#include "core/links/wanted.h"
#include "hil/pings.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {

Result<Ended> FullPacketsGoBothWays(const Rig& rig) {
  ZPROV_ASSIGN(const auto links, rig.system.live->netlink.Links());
  const uint32_t mtu = links::ChooseMtu(links::WantedBy(rig.spec), {.links = links}).mtu;
  ZPROV_ASSIGN(const auto pinged, Ping(rig, ExpectedNodes(rig), {.bytes = mtu, .count = 5}));
  if (!pinged) return Skipped{kNoPing};
  Seen seen{.summary = fmt::format("{} bytes, to {} nodes and back", mtu, pinged->size())};
  for (const auto& [node, ping] : *pinged) {
    if (ping.is_well) continue;
    seen.findings.push_back(
        {Grade::kBad, node,
         fmt::format("packets of {} bytes do not come back: {}", mtu,
                     ping.said.empty() ? "ping said nothing" : ping.said),
         fmt::format(
             "see the MTU of usb0 on it (zprov --hil, \"mtu\"); zprov reboot {} gives it the "
             "host's",
             node)});
  }
  return seen;
}

}  // namespace zprov::hil
