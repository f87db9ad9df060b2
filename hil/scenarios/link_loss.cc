// Links that are lost for half a minute, as when a hub or a driver starts anew: no node may lose
// its root by that.
#include <fmt/format.h>

#include <algorithm>

#include "core/links/changes.h"
#include "engine/serve/client.h"
#include "hil/knocks.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

using engine::Client;

constexpr os::Moment kLostFor = std::chrono::seconds(30);

// Nodes that are up, each with its link, on whose roots is known that they answer.
struct Losers {
  std::vector<Knocked> nodes;
  Names links;
};

Result<Losers> LosersOf(const Rig& rig, const std::vector<NodeLook>& looks) {
  ZPROV_ASSIGN(const auto links, rig.system.live->netlink.Links());
  const links::WantedNetwork wanted = links::WantedBy(rig.spec);
  Losers losers;
  for (const NodeLook& look : looks) {
    if (!look.report) continue;
    const std::string& node = look.node->name;
    const auto own = std::ranges::find(wanted.links, node, &links::WantedLink::name);
    const Link* link = links::LinkOf(links, *own);
    ZPROV_ASSIGN(const auto root, RootOf(rig, look));
    if (link == nullptr || !root) continue;
    losers.nodes.push_back({node, *root});
    losers.links.push_back(link->name);
  }
  return losers;
}

// Nobody puts their links up again while the client lives.
Result<std::unique_ptr<Client>> HoldLinks(const Rig& rig, const Losers& losers) {
  constexpr os::Moment kAnsweredWithin = std::chrono::seconds(10);
  Names nodes;
  for (const Knocked& loser : losers.nodes) nodes.push_back(loser.node);
  ZPROV_ASSIGN(auto client, Client::OfServeOrHere(rig.system, rig.spec, rig.holder));
  ZPROV_TRY(client->Do({engine::ControlRequest::Verb::kHoldLinks, nodes}, kAnsweredWithin,
                       [](const engine::Snapshot&) { return Client::Verdict::kOver; }));
  return client;
}

enum class Turn { kDown, kUp };

// All of them, whatever becomes of one. Who left meanwhile is judged later.
Result<void> TurnAll(const Rig& rig, const Losers& losers, Turn turn) {
  Result<void> all;
  for (const std::string& link : losers.links) {
    auto turned = rig.system.live->netlink.SetLink(link, {.up = turn == Turn::kUp});
    if (!turned && turned.error().kind != ErrorKind::kNotFound) all = std::move(turned);
  }
  return all;
}

// Their links are gone meanwhile; who answers all the same is a finding. False: interrupted.
Result<bool> LoseLinks(const Rig& rig, Losers& losers, Seen& seen) {
  ZPROV_TRY(TurnAll(rig, losers, Turn::kDown));
  ZPROV_TRY(KnockAt(rig, losers.nodes));
  ZPROV_ASSIGN(const bool is_through, AwaitAnswers(rig, kLostFor, losers.nodes));
  for (const Knocked& loser : losers.nodes) {
    if (!loser.has_answered) continue;
    seen.findings.push_back({Grade::kBad, loser.node,
                             "uses its root while its link is down: something else joins the two",
                             fmt::format("ip route, on {}: it may have a network of its own to {}",
                                         loser.node, rig.spec.host)});
  }
  return is_through;
}

void JudgeLoser(const Knocked& loser, const NodeLook& before, const NodeLook& after, Seen& seen) {
  if (!RunsOn(before, after)) {
    seen.findings.push_back(
        {Grade::kBad, loser.node, "did not run on when its link was away for half a minute",
         fmt::format("see its console for who restarts it: a watchdog; zprov boot {}",
                     loser.node)});
  } else if (!loser.has_answered) {
    seen.findings.push_back(
        DoesNotUseItsRoot(loser.node, "since its link was away for half a minute"));
  }
}

}  // namespace

Result<Ended> RootsSurviveALinkLoss(const Rig& rig) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  ZPROV_ASSIGN(auto losers, LosersOf(rig, before));
  if (losers.nodes.empty()) return Skipped{"no node runs that says so itself: zprov boot"};
  Seen seen{.summary = fmt::format("{} nodes ran on", losers.nodes.size())};
  ZPROV_ASSIGN(const auto holding, HoldLinks(rig, losers));
  const auto lost = LoseLinks(rig, losers, seen);
  const auto back = TurnAll(rig, losers, Turn::kUp);
  ZPROV_TRY(lost);
  ZPROV_TRY(back);
  if (!*lost) return kInterrupted;
  ZPROV_ASSIGN(const bool is_through, AwaitAnswers(rig, kAnswersAgainWithin, losers.nodes));
  if (!is_through) return kInterrupted;
  ZPROV_ASSIGN(const auto after, LookAtNodes(rig));
  for (size_t i = 0; i < after.size(); ++i) {
    const auto loser = std::ranges::find(losers.nodes, after[i].node->name, &Knocked::node);
    if (loser != losers.nodes.end()) JudgeLoser(*loser, before[i], after[i], seen);
  }
  return seen;
}

}  // namespace zprov::hil
