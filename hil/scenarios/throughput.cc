// What each link carries: alone, which finds a bad cable, and beside all others, which finds one
// that gets nothing then. Links with larger packets than Ethernet's are measured with those as
// well.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/links/mtu.h"
#include "core/links/wanted.h"
#include "hil/pings.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr uint32_t kEthernet = 1500;  // bytes: the MTU of the procedure's own links
// Of 7418 bytes 15 MB both ways: the better part of a second at high speed, and 13 s at full speed.
constexpr uint32_t kPackets = 1000;
// Of what the others carry: a port at full speed has a fortieth of what one at high speed has, and
// a busy host makes one link twice as slow as the next now and then.
constexpr uint32_t kLeastPart = 4;

using Rates = std::map<std::string, uint32_t>;  // by node, in 1000 bytes per second, both ways
using Nodes = std::vector<const spec::Node*>;

// Nothing: this host has no ping.
Result<std::optional<Rates>> Measure(const Rig& rig, const Nodes& nodes, uint32_t bytes) {
  ZPROV_ASSIGN(
      const auto pinged,
      Ping(rig, nodes, {.bytes = bytes, .count = kPackets, .pace = Packets::Pace::kFlood}));
  if (!pinged) return std::nullopt;
  Rates rates;
  for (const auto& [node, ping] : *pinged) {
    const uint64_t both_ways = uint64_t{2} * ping.received * bytes;
    rates[node] = static_cast<uint32_t>(both_ways / std::max(ping.took_ms, 1U));
  }
  return rates;
}

// One after another; it stops when it is interrupted.
Result<std::optional<Rates>> MeasureAlone(const Rig& rig, const Nodes& nodes, uint32_t bytes) {
  Rates rates;
  for (const spec::Node* node : nodes) {
    if (rig.programs->WasInterrupted()) break;
    ZPROV_ASSIGN(auto one, Measure(rig, {node}, bytes));
    if (!one) return one;
    rates.merge(*one);
  }
  return rates;
}

// In packets of one size.
struct Carried {
  Rates alone = {};
  Rates together = {};
};

// Nothing: this host has no ping. It stops when it is interrupted.
Result<std::optional<Carried>> MeasureBoth(const Rig& rig, const Nodes& nodes, uint32_t bytes) {
  ZPROV_ASSIGN(auto alone, MeasureAlone(rig, nodes, bytes));
  if (!alone) return std::nullopt;
  Carried carried{.alone = std::move(*alone)};
  if (rig.programs->WasInterrupted()) return carried;
  ZPROV_ASSIGN(auto together, Measure(rig, nodes, bytes));
  if (!together) return std::nullopt;
  carried.together = std::move(*together);
  return carried;
}

// The faster of the two in the middle.
uint32_t Middle(const Rates& rates) {
  std::vector<uint32_t> sorted;
  for (const auto& [node, rate] : rates) sorted.push_back(rate);
  std::ranges::sort(sorted);
  return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

std::string MegabytesText(uint64_t kb_per_s) {
  return fmt::format("{:.1f}", static_cast<double>(kb_per_s) / 1000.0);
}

std::string Text(const Rates& rates) {
  std::vector<std::string> parts;
  for (const auto& [node, rate] : rates) {
    parts.push_back(fmt::format("{} {}", node, MegabytesText(rate)));
  }
  return Join(parts, ", ");
}

void JudgeAlone(const Rig& rig, const Rates& rates, Seen& seen) {
  const uint32_t least = rig.described ? rig.described->least_link_kb_per_s : 0;
  const uint32_t middle = Middle(rates);
  for (const auto& [node, rate] : rates) {
    const bool is_slower = rate < middle / kLeastPart;
    if (rate >= least && !is_slower && rate > 0) continue;
    const std::string wanted =
        is_slower ? fmt::format("half of the nodes have {} or more", MegabytesText(middle))
                  : fmt::format("rig.toml wants {}", MegabytesText(least));
    seen.findings.push_back(
        {Grade::kBad, node,
         fmt::format("its link carries {} MB/s, alone on the bus; {}", MegabytesText(rate), wanted),
         "another cable or another port for it: dmesg says \"full-speed\" of a bad one; or lower "
         "link_kb_per_s in rig.toml"});
  }
}

void JudgeTogether(const Rates& alone, const Rates& together, Seen& seen) {
  const uint32_t middle = Middle(together);
  for (const auto& [node, rate] : together) {
    if (rate >= middle / kLeastPart && rate > 0) continue;
    if (alone.at(node) < Middle(alone) / kLeastPart) continue;  // it is slow anyway
    seen.findings.push_back(
        {Grade::kBad, node,
         fmt::format("its link carries {} MB/s while all are busy, and half of the nodes {} or "
                     "more",
                     MegabytesText(rate), MegabytesText(middle)),
         "another port for it, on a hub with fewer others"});
  }
}

uint64_t Sum(const Rates& rates) {
  uint64_t sum = 0;
  for (const auto& [node, rate] : rates) sum += rate;
  return sum;
}

std::string Text(const Carried& carried) {
  return fmt::format("alone: {}; together {}: {}", Text(carried.alone),
                     MegabytesText(Sum(carried.together)), Text(carried.together));
}

}  // namespace

Result<Ended> LinksCarryEnough(const Rig& rig) {
  ZPROV_ASSIGN(const auto links, rig.system.live->netlink.Links());
  const uint32_t mtu = links::ChooseMtu(links::WantedBy(rig.spec), {.links = links}).mtu;
  const Nodes nodes = ExpectedNodes(rig);
  ZPROV_ASSIGN(const auto carried, MeasureBoth(rig, nodes, mtu));
  if (!carried) return Skipped{kNoPing};
  if (rig.programs->WasInterrupted()) return kInterrupted;
  Seen seen{.summary = "MB/s both ways, " + Text(*carried)};
  JudgeAlone(rig, carried->alone, seen);
  JudgeTogether(carried->alone, carried->together, seen);
  if (mtu <= kEthernet) return seen;
  ZPROV_ASSIGN(const auto small, MeasureBoth(rig, nodes, kEthernet));
  if (rig.programs->WasInterrupted() || !small) return kInterrupted;
  seen.summary += fmt::format("; in packets of {}, {}", kEthernet, Text(*small));
  return seen;
}

}  // namespace zprov::hil
