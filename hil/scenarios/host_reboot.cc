// What became of the nodes since a run rebooted their host.
#include "hil/host_reboot.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/serve/boot_nodes.h"
#include "engine/serve/client.h"
#include "engine/serve/ports.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

using engine::Client;
using engine::NodeState;

// The looks as they would have been before: who is not noted did not run.
std::vector<NodeLook> AsTheyWere(std::vector<NodeLook> looks, const HostReboot& reboot) {
  for (NodeLook& look : looks) {
    const auto noted = std::ranges::find(reboot.nodes, look.node->name, &HostReboot::Node::name);
    const bool ran = noted != reboot.nodes.end();
    look.life.life = ran ? engine::Life::kUp : engine::Life::kDown;
    look.report.reset();
    if (!ran || noted->boot_id.empty()) continue;
    look.report.emplace();
    look.report->boot_id = noted->boot_id;
    look.report->serial = noted->serial;
  }
  return looks;
}

Names ThatRan(const std::vector<NodeLook>& before) {
  Names names;
  for (const NodeLook& look : before) {
    if (look.life.life == engine::Life::kUp) names.push_back(look.node->name);
  }
  return names;
}

bool IsSettled(const engine::NodeView& view) {
  return engine::Runs(view.state) || view.state == NodeState::kQuarantined;
}

// Those that run again once serve has done with them what it can. Nothing: it was interrupted.
Result<std::optional<Names>> ThatRunAgain(const Rig& rig, const Names& nodes, Seen& seen) {
  std::vector<engine::NodeView> views;
  const auto look = [&](const engine::Snapshot& snapshot) {
    views.clear();
    std::ranges::copy_if(snapshot.nodes, std::back_inserter(views),
                         [&](const engine::NodeView& view) {
                           return std::ranges::find(nodes, view.node) != nodes.end();
                         });
    return std::ranges::all_of(views, IsSettled) ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(const auto client, Client::OfServe(rig.system));
  ZPROV_ASSIGN(const auto watched,
               client->Do({engine::ControlRequest::Verb::kWatch, {}}, engine::kBootsWithin, look));
  if (watched.how == Client::Outcome::How::kInterrupted) return std::nullopt;
  Names again;
  for (const engine::NodeView& view : views) {
    if (engine::Runs(view.state)) {
      again.push_back(view.node);
    } else {
      seen.findings.push_back(DidNotComeBack(
          view.node,
          fmt::format("does not run again since the host rebooted, at stage \"{}\"{}{}",
                      engine::Name(view.state), view.cause.empty() ? "" : ": ", view.cause)));
    }
  }
  return again;
}

// The same where no serve knows anything of them.
Result<std::optional<Names>> ThatAnswerAgain(const Rig& rig, const Names& nodes, Seen& seen) {
  const os::Moment late = rig.system.clock.Now() + engine::kBootsWithin;
  while (true) {
    ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
    Names again;
    std::vector<Finding> missing;
    for (const NodeLook& look : looks) {
      const std::string& node = look.node->name;
      if (std::ranges::find(nodes, node) == nodes.end()) continue;
      if (look.life.life == engine::Life::kUp) {
        again.push_back(node);
      } else {
        missing.push_back({Grade::kBad, node,
                           "does not run again since the host rebooted: " + look.life.evidence,
                           "see that rpiboot runs, and the node's console"});
      }
    }
    const os::Moment now = rig.system.clock.Now();
    if (missing.empty() || now >= late) {
      std::ranges::move(missing, std::back_inserter(seen.findings));
      return again;
    }
    ZPROV_TRY(rig.system.events.Next(std::min(late, now + kLookEvery)));
    if (rig.programs != nullptr && rig.programs->WasInterrupted()) return std::nullopt;
  }
}

}  // namespace

Result<Ended> NodesRunAgainAfterTheHostRebooted(const Rig& rig) {
  ZPROV_ASSIGN(const auto reboot, ReadHostReboot(rig.system, rig.spec));
  if (!reboot) {
    return Skipped{"no run rebooted the host: zprov --hil --reboot-host does so at its end"};
  }
  ZPROV_ASSIGN(const std::string boot_id, HostBootId(rig.system));
  if (boot_id == reboot->boot_id) {
    return Skipped{"a run asked the host to reboot, and it did not yet: systemctl reboot"};
  }
  ZPROV_ASSIGN(auto looks, LookAtNodes(rig));
  const auto before = AsTheyWere(std::move(looks), *reboot);
  const Names ran = ThatRan(before);
  Seen seen{.summary = fmt::format("{} nodes run again", ran.size())};
  auto again = engine::LeavesBootingToRpiboot(rig.spec) ? ThatAnswerAgain(rig, ran, seen)
                                                        : ThatRunAgain(rig, ran, seen);
  if (!again && again.error().kind == ErrorKind::kNotFound) {
    seen.findings.push_back({Grade::kBad, rig.spec.host,
                             "no serve runs since the host rebooted: nobody boots the nodes",
                             "systemctl enable --now zprov; journalctl -u zprov"});
    return seen;
  }
  if (!again) return tl::make_unexpected(std::move(again).error());
  if (!*again) return kInterrupted;
  ZPROV_TRY(JudgeReturns(rig, before, {ran, **again, InBoot::kAny}, seen));
  if (seen.findings.empty()) ZPROV_TRY(ForgetHostReboot(rig.system, rig.spec));
  return seen;
}

}  // namespace zprov::hil
