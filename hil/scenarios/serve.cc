// The daemon that is killed while the nodes run.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/run_program.h"
#include "engine/serve/client.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

using engine::Client;
using engine::IsAway;

constexpr char kUnit[] = "zprov.service";
constexpr os::Moment kDiesWithin = std::chrono::seconds(10);
constexpr os::Moment kBackWithin = std::chrono::seconds(60);  // its unit waits 10 s
constexpr os::Moment kLooksWithin = std::chrono::seconds(60);
constexpr os::Moment kTryEvery = std::chrono::seconds(1);

// Whether the serve on whose socket we are has ended. We hear that before it may be back.
Result<bool> Dies(const Rig& rig, Client& client) {
  const auto killed = engine::RunToEnd(rig.system, {"systemctl", "kill", "--signal=KILL", kUnit});
  if (!killed) return tl::make_unexpected(killed.error());
  const auto watched = client.Do({engine::ControlRequest::Verb::kWatch, {}}, kDiesWithin,
                                 [](const engine::Snapshot&) { return Client::Verdict::kGoOn; });
  return !watched && IsAway(watched.error());
}

// The nodes that the serve that runs does not take for running, once it has looked around.
Result<Names> TakesForDown(const Rig& rig, const Names& nodes) {
  Names down;
  const auto look = [&](const engine::Snapshot& snapshot) {
    down.clear();
    for (const engine::NodeView& view : snapshot.nodes) {
      const bool is_asked = std::ranges::find(nodes, view.node) != nodes.end();
      if (is_asked && !engine::Runs(view.state)) down.push_back(view.node);
    }
    return down.empty() ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(const auto client, Client::OfServe(rig.system));
  ZPROV_TRY(client->Do({engine::ControlRequest::Verb::kWatch, {}}, kLooksWithin, look));
  return down;
}

// The same of the serve that comes back. The one that was killed closes its sockets one after
// another: who connects meanwhile is hung up on. Nothing: none comes back in time.
Result<std::optional<Names>> TakesForDownOnceBack(const Rig& rig, const Names& nodes) {
  const os::Moment late = rig.system.clock.Now() + kBackWithin;
  while (true) {
    auto down = TakesForDown(rig, nodes);
    if (down || !IsAway(down.error())) return down;
    const os::Moment now = rig.system.clock.Now();
    if (now >= late) return std::optional<Names>();
    ZPROV_TRY(rig.system.events.Next(std::min(late, now + kTryEvery)));
  }
}

Finding OfHost(const Rig& rig, std::string what) {
  return {Grade::kBad, rig.spec.host, std::move(what),
          fmt::format("systemctl status {0}; journalctl -u {0}; zprov apply puts its unit right",
                      kUnit)};
}

}  // namespace

Result<Ended> ServeIsKilledAndComesBack(const Rig& rig) {
  auto client = Client::OfServe(rig.system);
  if (!client && client.error().kind == ErrorKind::kNotFound) {
    return Skipped{"no serve runs: systemctl start zprov"};
  }
  if (!client) return tl::make_unexpected(std::move(client).error());
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  ZPROV_ASSIGN(const bool dies, Dies(rig, **client));
  Seen seen;
  if (!dies) {
    seen.findings.push_back(
        OfHost(rig, "the serve that runs is not its unit's: it was not killed"));
    return seen;
  }
  client->reset();
  ZPROV_ASSIGN(const auto down, TakesForDownOnceBack(rig, NamesOf(before)));
  if (!down) {
    seen.findings.push_back(OfHost(rig, "serve was killed and does not come back"));
    return seen;
  }
  for (const std::string& node : *down) {
    seen.findings.push_back({Grade::kBad, node, "is not known to run since serve was killed",
                             "zprov status " + node + " says what it is taken for"});
  }
  ZPROV_TRY(JudgeReturns(rig, before, {{}, {}}, seen));
  seen.summary = fmt::format("{} nodes ran on", before.size());
  return seen;
}

}  // namespace zprov::hil
