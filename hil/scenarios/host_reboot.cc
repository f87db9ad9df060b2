// What became of the nodes since a run rebooted their host.
#include "hil/host_reboot.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/serve/boot_nodes.h"
#include "engine/serve/client.h"
#include "engine/serve/ports.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

using engine::Client;
using engine::IsAway;

constexpr os::Moment kServesWithin = std::chrono::minutes(2);  // systemd starts it after NFS

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

Finding DoesNotRunAgain(const engine::NodeView& view) {
  return DidNotComeBack(
      view.node, fmt::format("does not run again since the host rebooted, at stage \"{}\"{}{}",
                             engine::Name(view.state), view.cause.empty() ? "" : ": ", view.cause));
}

Finding IsNotServed(const std::string& node) {
  return {Grade::kBad, node, "does not run again since the host rebooted: serve does not know it",
          "give it its port in cluster.toml (usb), then systemctl reload zprov"};
}

// Those that run again once serve has done with all. Nothing: it was interrupted. Errors as
// Client's.
Result<std::optional<Names>> ThatRunAgain(const Rig& rig, const Names& nodes, Seen& seen) {
  if (nodes.empty()) return Names();
  ZPROV_ASSIGN(const auto client, Client::OfServe(rig.system));
  ZPROV_ASSIGN(const auto awaited,
               engine::AwaitNodes(*client, rig.system, {nodes, rig.holder}, [](const auto&) {}));
  using How = engine::NodeOutcome::How;
  Names again;
  Names unknown = nodes;
  for (const engine::NodeOutcome& outcome : awaited.nodes) {
    if (outcome.how == How::kInterrupted) return std::nullopt;
    std::erase(unknown, outcome.view.node);
    if (outcome.how == How::kRuns) {
      again.push_back(outcome.view.node);
    } else {
      seen.findings.push_back(DoesNotRunAgain(outcome.view));
    }
  }
  std::ranges::transform(unknown, std::back_inserter(seen.findings), IsNotServed);
  return again;
}

// The same by the serve that the host starts, and may not have started yet. kNotFound, kGone: it
// has not.
Result<std::optional<Names>> ThatRunAgainOnceServed(const Rig& rig, const Names& nodes,
                                                    Seen& seen) {
  const os::Moment late = rig.system.clock.Now() + kServesWithin;
  while (true) {
    auto again = ThatRunAgain(rig, nodes, seen);
    const os::Moment now = rig.system.clock.Now();
    if (again || !IsAway(again.error()) || now >= late) return again;
    ZPROV_TRY(rig.system.events.Next(std::min(late, now + kLookEvery)));
    if (rig.programs != nullptr && rig.programs->WasInterrupted()) return std::nullopt;
  }
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
  Seen seen;
  auto again = engine::LeavesBootingToRpiboot(rig.spec) ? ThatAnswerAgain(rig, ran, seen)
                                                        : ThatRunAgainOnceServed(rig, ran, seen);
  if (!again && IsAway(again.error())) {
    seen.findings.push_back({Grade::kBad, rig.spec.host,
                             "no serve runs since the host rebooted: nobody boots the nodes",
                             "systemctl enable --now zprov; journalctl -u zprov"});
    return seen;
  }
  if (!again) return tl::make_unexpected(std::move(again).error());
  if (!*again) return kInterrupted;
  ZPROV_TRY(JudgeReturns(rig, before, {ran, **again, InBoot::kAny}, seen));
  for (Finding& finding : seen.findings) {
    finding.cure += fmt::format("; if that is as it should be, rm {}: nobody asks any more",
                                HostRebootPath(rig.spec));
  }
  if (!seen.findings.empty()) return seen;
  ZPROV_TRY(ForgetHostReboot(rig.system, rig.spec));
  seen.summary = fmt::format("{} nodes run again", ran.size());
  return seen;
}

}  // namespace zprov::hil
