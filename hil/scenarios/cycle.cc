// Nodes that leave and come back, because they are told to or by their power. What comes back must
// be the node that left, in another boot.
#include <fmt/format.h>

#include <algorithm>

#include "engine/boots/boot_ring.h"
#include "engine/serve/give_order.h"
#include "hil/cuts.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

// Nothing: it was interrupted.
Result<std::optional<Seen>> CycleAndJudge(const Rig& rig, const std::vector<NodeLook>& before,
                                          const Names& nodes) {
  Seen seen;
  ZPROV_ASSIGN(const auto cycles, Play(rig, nodes, {PowerCycle()}, seen));
  if (!cycles) return std::nullopt;
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, cycles->back}, seen));
  return seen;
}

// Of its last boot, in 1000 bytes per second; nothing: it was sent none that tell.
Result<std::optional<uint64_t>> RateOf(const Rig& rig, const std::string& node) {
  ZPROV_ASSIGN(const auto kept, engine::ReadBoots(rig.system, rig.spec, node));
  if (kept.boots.empty()) return std::nullopt;
  constexpr uint64_t kTells = 100'000;  // bytes; of less, most of the time is the question's
  uint64_t bytes = 0;
  os::Moment took{0};
  for (const engine::FileRecord& file : kept.boots.front().timeline.files) {
    if (file.what != engine::FileRecord::What::kFound || file.bytes < kTells) continue;
    bytes += file.bytes;
    took += file.took;
  }
  const auto ms =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  return ms == 0 ? std::nullopt : std::optional(bytes / ms);
}

// One node, while nobody else is sent anything: the bus is its own.
Result<std::optional<Seen>> CycleAlone(const Rig& rig, const std::vector<NodeLook>& before,
                                       const Names& nodes) {
  ZPROV_ASSIGN(auto seen, CycleAndJudge(rig, before, nodes));
  if (!seen) return seen;
  const std::string& node = nodes.front();
  ZPROV_ASSIGN(const auto rate, RateOf(rig, node));
  if (!rate) return seen;
  seen->summary = fmt::format("{} {} kB/s", node, *rate);
  const uint32_t least = rig.described->least_kb_per_s;
  if (*rate < least) {
    seen->findings.push_back(
        {Grade::kBad, node,
         fmt::format("was sent its boot files at {} kB/s, alone on the bus; rig.toml wants {}",
                     *rate, least),
         "another cable or another port for it: dmesg says \"full-speed\" of a bad one; or lower "
         "boot_kb_per_s in rig.toml"});
  }
  return seen;
}

// What a warm reboot lost is brought back by its power, and said: it will happen again.
Result<void> Recover(const Rig& rig, const engine::NodeOrdered& ordered, Seen& seen) {
  const std::string& node = ordered.view.node;
  if (!Has(rig, Capability::kPower)) {
    seen.findings.push_back({Grade::kBad, node, WhyNotBack(ordered),
                             fmt::format("cut its power, then zprov boot {}", node)});
    return {};
  }
  ZPROV_ASSIGN(const auto parts, Conduct(rig, {node}, PowerCycle()));
  if (!parts) return {};
  const std::string& trouble = parts->front().trouble;
  if (trouble.empty()) {
    seen.findings.push_back({Grade::kWarning, node,
                             WhyNotBack(ordered) + "; its power brought it back",
                             "power = \"command\" for it in cluster.toml lets zprov do so itself"});
  } else {
    seen.findings.push_back(
        DidNotComeBack(node, WhyNotBack(ordered) + "; nor by its power: " + trouble));
  }
  return {};
}

Result<std::optional<Seen>> RebootAndJudge(const Rig& rig, const std::vector<NodeLook>& before,
                                           const Names& nodes) {
  const engine::OrderRequest request{engine::Order::kReboot, nodes, rig.holder};
  ZPROV_ASSIGN(const auto ordered,
               engine::GiveOrder(rig.system, rig.spec, request, [](const engine::Snapshot&) {}));
  Seen seen;
  for (const engine::NodeOrdered& one : ordered.nodes) {
    switch (one.how) {
      case engine::NodeOrdered::How::kInterrupted:
        return std::nullopt;
      case engine::NodeOrdered::How::kDone:
        break;
      case engine::NodeOrdered::How::kFailed:
      case engine::NodeOrdered::How::kLate:
        ZPROV_TRY(Recover(rig, one, seen));
    }
  }
  Names back;
  std::ranges::copy_if(nodes, std::back_inserter(back), [&](const std::string& node) {
    return std::ranges::none_of(seen.findings, [&](const Finding& finding) {
      return finding.subject == node && finding.grade == Grade::kBad;
    });
  });
  ZPROV_TRY(JudgeReturns(rig, before, {nodes, back}, seen));
  return seen;
}

using Way = Result<std::optional<Seen>> (*)(const Rig&, const std::vector<NodeLook>&, const Names&);

Result<Ended> OneByOne(const Rig& rig, Way way) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Seen all{.summary = fmt::format("{} nodes, one after another", looks.size())};
  for (const std::string& node : NamesOf(looks)) {
    ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
    ZPROV_ASSIGN(auto seen, way(rig, before, {node}));
    if (!seen) return kInterrupted;
    std::ranges::move(seen->findings, std::back_inserter(all.findings));
    if (!seen->summary.empty()) all.summary += ", " + seen->summary;
  }
  return all;
}

Result<Ended> AllAtOnce(const Rig& rig, Way way) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  ZPROV_ASSIGN(auto seen, way(rig, before, NamesOf(before)));
  if (!seen) return kInterrupted;
  seen->summary = fmt::format("{} nodes", before.size());
  return std::move(*seen);
}

}  // namespace

Result<Ended> EachNodeReboots(const Rig& rig) { return OneByOne(rig, RebootAndJudge); }
Result<Ended> AllNodesReboot(const Rig& rig) { return AllAtOnce(rig, RebootAndJudge); }
Result<Ended> EachNodeBootsCold(const Rig& rig) { return OneByOne(rig, CycleAlone); }
Result<Ended> AllNodesBootCold(const Rig& rig) { return AllAtOnce(rig, CycleAndJudge); }

}  // namespace zprov::hil
