// Plugs that are pulled and put back while the cluster runs, one node after another: whoever is fed
// by its cable boots again, whoever has another supply runs on.
#include <fmt/format.h>

#include <algorithm>

#include "engine/fleet/deadlines.h"
#include "engine/serve/boot_nodes.h"
#include "hil/conduct.h"
#include "hil/plugs.h"
#include "hil/program_watch.h"
#include "hil/returns.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

// Whether nothing is at the port any more, for a while. False too when it was interrupted.
Result<bool> BecomesEmpty(const Rig& rig, const PortPath& port) {
  const os::Moment late = rig.system.clock.Now() + kEmptyWithin;
  os::Moment empty_since = os::Moment::max();  // not empty
  while (!rig.programs->WasInterrupted()) {
    ZPROV_ASSIGN(const auto taken, TakenPorts(rig));
    const os::Moment now = rig.system.clock.Now();
    if (!taken.contains(port)) {
      empty_since = std::min(empty_since, now);
      if (now - empty_since >= engine::kOffFor) return true;
    } else {
      empty_since = os::Moment::max();
      if (now >= late) break;
    }
    ZPROV_TRY(rig.system.events.Next(now + kLookEvery));
  }
  return false;
}

// Whether its port was empty meanwhile. The plug is in again, or noted, whatever became of it.
Result<bool> PullAndPutIn(const Rig& rig, const spec::Node& node) {
  const auto pulled = PullPlug(rig, node.name);
  auto is_empty =
      pulled ? BecomesEmpty(rig, *node.usb) : Result<bool>(tl::make_unexpected(pulled.error()));
  const auto put = PutPlugIn(rig);
  if (is_empty) ZPROV_TRY(put);
  return is_empty;
}

Finding StillThere(const spec::Node& node) {
  return {Grade::kBad, node.name,
          fmt::format("is still at its port {} though its plug was pulled: was another pulled?",
                      node.usb->ToString()),
          fmt::format("see that what pull under [plugs] in rig.toml takes for {0} is the plug at "
                      "{1}, else correct usb of {0} in cluster.toml",
                      node.name, node.usb->ToString())};
}

Finding NotBack(const spec::Node& node, const engine::NodeOutcome& outcome) {
  const engine::NodeView& view = outcome.view;
  if (view.state == engine::NodeState::kAbsent) {
    return {
        Grade::kBad, node.name,
        fmt::format("its plug was put in again, and nothing shows at its port {}",
                    node.usb->ToString()),
        fmt::format("see that its plug is in there, all the way, then zprov boot {}", node.name)};
  }
  return DidNotComeBack(
      node.name, fmt::format("did not come back when its plug was in again: {} at stage "
                             "\"{}\" {}",
                             engine::Name(outcome.how), engine::Name(view.state), view.cause));
}

// Of those whose port is known: at another nobody could see a plug.
Names NamesOfRunning(const std::vector<NodeLook>& looks) {
  Names names;
  for (const NodeLook& look : looks) {
    if (look.life.life == engine::Life::kUp && look.node->usb) names.push_back(look.node->name);
  }
  return names;
}

// Until all those run, or do not: whether that node does, which is a finding otherwise. Its name;
// nothing: it was interrupted.
Result<std::optional<Names>> AwaitNode(const Rig& rig, const spec::Node& node, const Names& all,
                                       Seen& seen) {
  ZPROV_ASSIGN(const auto booted, engine::BootNodes(rig.system, rig.spec, {all, rig.holder},
                                                    [](const engine::Snapshot&) {}));
  Names back;
  for (const engine::NodeOutcome& outcome : booted.nodes) {
    using How = engine::NodeOutcome::How;
    if (outcome.how == How::kInterrupted) return std::nullopt;
    if (outcome.view.node != node.name) continue;
    if (outcome.how == How::kRuns) {
      back.push_back(node.name);
    } else {
      seen.findings.push_back(NotBack(node, outcome));
    }
  }
  return back;
}

// False: it was interrupted.
Result<bool> UnplugAndJudge(const Rig& rig, const spec::Node& node, Seen& seen) {
  ZPROV_ASSIGN(const auto before, LookAtNodes(rig));
  const Names ran = NamesOfRunning(before);
  if (std::ranges::count(ran, node.name) == 0) return true;  // another's plug was its end: said
  ZPROV_ASSIGN(const bool was_empty, PullAndPutIn(rig, node));
  if (rig.programs->WasInterrupted()) return false;
  if (!was_empty) seen.findings.push_back(StillThere(node));
  // Also the others, for the plug of one of them may have been pulled.
  ZPROV_ASSIGN(const auto back, AwaitNode(rig, node, ran, seen));
  if (!back) return false;
  ZPROV_TRY(JudgeReturns(rig, before, {{node.name}, *back, InBoot::kAny}, seen));
  return true;
}

// That of a try before this one, which failed. False: it was interrupted.
Result<bool> PutLeftPlugIn(const Rig& rig, Seen& seen) {
  ZPROV_ASSIGN(const std::string left, PutPlugIn(rig));
  const auto node = std::ranges::find(rig.spec.nodes, left, &spec::Node::name);
  if (node == rig.spec.nodes.end()) return true;
  ZPROV_ASSIGN(const auto back, AwaitNode(rig, *node, {left}, seen));
  return back.has_value();
}

}  // namespace

Result<Ended> EachNodeOutlivesAPulledPlug(const Rig& rig) {
  Seen seen;
  ZPROV_ASSIGN(const bool may_begin, PutLeftPlugIn(rig, seen));
  if (!may_begin) return kInterrupted;
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  const Names running = NamesOfRunning(looks);
  if (running.empty()) return Skipped{"no node runs whose port cluster.toml gives: zprov boot"};
  seen.summary = fmt::format("{} nodes, one after another", running.size());
  for (const NodeLook& look : looks) {
    if (std::ranges::count(running, look.node->name) == 0) continue;
    ZPROV_ASSIGN(const bool is_through, UnplugAndJudge(rig, *look.node, seen));
    if (!is_through) return kInterrupted;
  }
  return seen;
}

}  // namespace zprov::hil
