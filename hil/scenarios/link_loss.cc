// Links that are lost for half a minute, as when a hub or a driver starts anew: no node may lose
// its root by that.
#include <fmt/format.h>

#include <algorithm>

#include "core/links/changes.h"
#include "engine/node_reports.h"
#include "engine/serve/client.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

using engine::Client;

constexpr os::Moment kLostFor = std::chrono::seconds(30);
// A node's TCP asks again after up to two minutes (TCP_RTO_MAX), and its zprov-node looks for
// orders every two seconds.
constexpr os::Moment kAnswersAgainWithin = std::chrono::seconds(150);

// A node that is up, on whose root is known that it answers.
struct Loser {
  std::string node;
  std::string link;
  std::string root;
  bool has_answered = false;
};

Result<std::vector<Loser>> Losers(const Rig& rig, const std::vector<NodeLook>& looks) {
  ZPROV_ASSIGN(const auto links, rig.system.live->netlink.Links());
  const links::WantedNetwork wanted = links::WantedBy(rig.spec);
  std::vector<Loser> losers;
  for (const NodeLook& look : looks) {
    if (!look.report) continue;
    const std::string& node = look.node->name;
    const auto own = std::ranges::find(wanted.links, node, &links::WantedLink::name);
    const Link* link = links::LinkOf(links, *own);
    ZPROV_ASSIGN(const auto root, RootOf(rig, look));
    if (link != nullptr && root) losers.push_back({node, link->name, *root});
  }
  return losers;
}

// Nobody puts their links up again while the client lives.
Result<std::unique_ptr<Client>> HoldLinks(const Rig& rig, const std::vector<Loser>& losers) {
  constexpr os::Moment kAnsweredWithin = std::chrono::seconds(10);
  Names nodes;
  for (const Loser& loser : losers) nodes.push_back(loser.node);
  ZPROV_ASSIGN(auto client, Client::OfServeOrHere(rig.system, rig.spec, rig.holder));
  ZPROV_TRY(client->Do({engine::ControlRequest::Verb::kHoldLinks, nodes}, kAnsweredWithin,
                       [](const engine::Snapshot&) { return Client::Verdict::kOver; }));
  return client;
}

enum class Turn { kDown, kUp };

// All of them, whatever becomes of one. Who left meanwhile is judged later.
Result<void> TurnAll(const Rig& rig, const std::vector<Loser>& losers, Turn turn) {
  Result<void> all;
  for (const Loser& loser : losers) {
    auto turned = rig.system.live->netlink.SetLink(loser.link, {.up = turn == Turn::kUp});
    if (!turned && turned.error().kind != ErrorKind::kNotFound) all = std::move(turned);
  }
  return all;
}

Result<bool> HaveAllAnswered(const Rig& rig, std::vector<Loser>& losers) {
  bool all = true;
  for (Loser& loser : losers) {
    if (!loser.has_answered) {
      ZPROV_ASSIGN(loser.has_answered, engine::IsKnockTaken(rig.system, loser.root));
    }
    all &= loser.has_answered;
  }
  return all;
}

// So long, or until all have answered. False: it was interrupted.
Result<bool> WaitAtMost(const Rig& rig, os::Moment time, std::vector<Loser>& losers) {
  const os::Moment late = rig.system.clock.Now() + time;
  while (rig.system.clock.Now() < late) {
    ZPROV_ASSIGN(const bool have_all, HaveAllAnswered(rig, losers));
    if (have_all) break;
    ZPROV_TRY(rig.system.events.Next(std::min(late, rig.system.clock.Now() + kLookEvery)));
    if (rig.programs->WasInterrupted()) return false;
  }
  return true;
}

// Their links are gone meanwhile; who answers all the same is a finding. False: interrupted.
Result<bool> LoseLinks(const Rig& rig, std::vector<Loser>& losers, Seen& seen) {
  ZPROV_TRY(TurnAll(rig, losers, Turn::kDown));
  for (const Loser& loser : losers) ZPROV_TRY(engine::Knock(rig.system, loser.root));
  ZPROV_ASSIGN(const bool is_through, WaitAtMost(rig, kLostFor, losers));
  for (const Loser& loser : losers) {
    if (!loser.has_answered) continue;
    seen.findings.push_back({Grade::kBad, loser.node,
                             "uses its root while its link is down: something else joins the two",
                             fmt::format("ip route, on {}: it may have a network of its own to {}",
                                         loser.node, rig.spec.host)});
  }
  return is_through;
}

void JudgeLoser(const Loser& loser, const NodeLook& before, const NodeLook& after, Seen& seen) {
  const auto bad = [&](std::string what, std::string cure) {
    seen.findings.push_back({Grade::kBad, loser.node, std::move(what), std::move(cure)});
  };
  if (!RunsOn(before, after)) {
    bad("did not run on when its link was away for half a minute",
        fmt::format("see its console for who restarts it: a watchdog; zprov boot {}", loser.node));
  } else if (!loser.has_answered) {
    bad("does not use its root any more since its link was away for half a minute",
        fmt::format("zprov reboot {0}, else its power; see that its nfsroot is not soft (zprov "
                    "render cmdline:{0}) and that its root is exported to it (exportfs -s)",
                    loser.node));
  }
}

}  // namespace

Result<Ended> RootsSurviveALinkLoss(const Rig& rig) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  ZPROV_ASSIGN(auto losers, Losers(rig, before));
  if (losers.empty()) return Skipped{"no node runs that says so itself: zprov boot"};
  Seen seen{.summary = fmt::format("{} nodes ran on", losers.size())};
  ZPROV_ASSIGN(const auto holding, HoldLinks(rig, losers));
  const auto lost = LoseLinks(rig, losers, seen);
  const auto back = TurnAll(rig, losers, Turn::kUp);
  ZPROV_TRY(lost);
  ZPROV_TRY(back);
  if (!*lost) return kInterrupted;
  ZPROV_ASSIGN(const bool is_through, WaitAtMost(rig, kAnswersAgainWithin, losers));
  if (!is_through) return kInterrupted;
  ZPROV_ASSIGN(const auto after, LookAtNodes(rig));
  for (size_t i = 0; i < after.size(); ++i) {
    const auto loser = std::ranges::find(losers, after[i].node->name, &Loser::node);
    if (loser != losers.end()) JudgeLoser(*loser, before[i], after[i], seen);
  }
  return seen;
}

}  // namespace zprov::hil
