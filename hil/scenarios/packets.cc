// Packets as large as the bridge's MTU, to each node and back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/links/mtu.h"
#include "core/links/wanted.h"
#include "hil/node_look.h"
#include "hil/program_watch.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr uint32_t kHeaders = 20 + 8;  // IPv4 (RFC 791) and ICMP (RFC 792), without options
constexpr os::Moment kEndsWithin = std::chrono::seconds(60);

using Pings = std::map<std::string, os::ProcessId>;  // by node

// iputils' ping: no fragments, five packets, two seconds for each answer.
std::vector<std::string> PingOf(const spec::Node& node, uint32_t bytes) {
  return {"ping",
          "-n",
          "-q",
          "-M",
          "do",
          "-c",
          "5",
          "-i",
          "0.2",
          "-W",
          "2",
          "-s",
          fmt::format("{}", bytes - kHeaders),
          node.address.ToString()};
}

Result<void> AwaitAll(const Rig& rig, const Pings& pings) {
  const os::Moment late = rig.system.clock.Now() + kEndsWithin;
  const auto have_ended = [&] {
    return std::ranges::all_of(
        pings, [&](const auto& ping) { return rig.programs->ExitOf(ping.second).has_value(); });
  };
  while (!have_ended() && rig.system.clock.Now() < late) {
    ZPROV_TRY(rig.system.events.Next(late));
  }
  return {};
}

void JudgePing(const Rig& rig, const std::pair<const std::string, os::ProcessId>& ping,
               uint32_t mtu, Seen& seen) {
  const auto& [node, program] = ping;
  const auto exit = rig.programs->ExitOf(program);
  if (exit == 0) return;
  const auto words = Trim(rig.programs->SaidBy(program));
  seen.findings.push_back(
      {Grade::kBad, node,
       fmt::format("packets of {} bytes do not come back: {}", mtu,
                   words.empty() ? "ping said nothing" : words.substr(words.rfind('\n') + 1)),
       fmt::format("see the MTU of usb0 on it (zprov --hil, \"mtu\"); zprov reboot {} gives it the "
                   "host's",
                   node)});
}

}  // namespace

Result<Ended> FullPacketsGoBothWays(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  ZPROV_ASSIGN(const auto links, rig.system.live->netlink.Links());
  const uint32_t mtu = links::ChooseMtu(links::WantedBy(rig.spec), {.links = links}).mtu;
  Pings pings;
  for (const NodeLook& look : looks) {
    const auto ping = rig.programs->Start(PingOf(*look.node, mtu));
    if (!ping && ping.error().kind == ErrorKind::kNotFound) {
      return Skipped{"there is no ping on this host: apt install iputils-ping"};
    }
    if (!ping) return tl::make_unexpected(ping.error());
    pings[look.node->name] = *ping;
  }
  ZPROV_TRY(AwaitAll(rig, pings));
  Seen seen{.summary = fmt::format("{} bytes, to {} nodes and back", mtu, pings.size())};
  for (const auto& ping : pings) JudgePing(rig, ping, mtu, seen);
  return seen;
}

}  // namespace zprov::hil
