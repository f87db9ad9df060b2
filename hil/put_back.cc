#include "hil/put_back.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "engine/serve/boot_nodes.h"
#include "engine/serve/give_order.h"
#include "hil/conduct.h"
#include "hil/laid_line.h"
#include "hil/node_look.h"
#include "hil/plugs.h"
#include "hil/run_mark.h"
#include "hil/throw_away.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

Result<std::unique_ptr<os::Lock>> TakeLock(const Rig& rig) {
  const std::string state = generations::StateDirectory(rig.spec);
  auto lock = rig.system.locks.TryLock(state + "/hil.lock", rig.holder);
  if (!lock && lock.error().kind == ErrorKind::kNotFound) {
    return Fail(ErrorKind::kRefused, state + " does not exist yet: run `zprov apply` first");
  }
  if (lock || lock.error().kind != ErrorKind::kBusy) return lock;
  return Fail(ErrorKind::kRefused,
              fmt::format("another run disturbs the rig already ({}): wait until it is done",
                          lock.error().message));
}

// Who runs, and the newest generation.
Result<RunMark> MarkOf(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  RunMark mark;
  ZPROV_ASSIGN(mark.newest, NewestOf(rig));
  for (const NodeLook& look : looks) {
    if (look.life.life != engine::Life::kUp) continue;
    mark.nodes.push_back(look.node->name);
  }
  return mark;
}

Result<Names> WhoOfThemIsDown(const Rig& rig, const Names& nodes) {
  ZPROV_ASSIGN(const RunMark running, MarkOf(rig));
  Names down;
  std::ranges::copy_if(nodes, std::back_inserter(down), [&](const std::string& node) {
    return std::ranges::find(running.nodes, node) == running.nodes.end();
  });
  return down;
}

// Whoever cannot be switched is a finding; the others boot.
Result<void> GivePower(const Rig& rig, const Names& nodes, Row& row) {
  if (!Has(rig, Capability::kPower)) return {};
  const Script on{.acts = {{.kind = Act::Kind::kOn}}, .boots = Script::Boots::kBooted};
  ZPROV_ASSIGN(const auto parts, Conduct(rig, nodes, on));
  if (!parts) return {};
  for (const Part& part : *parts) {
    if (part.trouble.empty()) continue;
    row.findings.push_back({Grade::kBad, part.node, part.trouble, "give it power by hand"});
  }
  return {};
}

Finding RunsNoMore(const std::string& node, const std::string& why) {
  return {Grade::kBad, node, "ran before and does not any more: " + why,
          fmt::format("see that it has power, then zprov boot {}; another run tries it again, too",
                      node)};
}

// For a board that whoever was killed left in the middle of its boot nothing else does.
Result<void> CutPowerOf(const Rig& rig, const Names& nodes, Row& row) {
  ZPROV_ASSIGN(const auto parts, Conduct(rig, nodes, PowerCycle()));
  if (!parts) return Fail(ErrorKind::kFailed, "interrupted: the next run puts it back");
  for (const Part& part : *parts) {
    if (!part.trouble.empty()) row.findings.push_back(RunsNoMore(part.node, part.trouble));
  }
  return {};
}

Result<void> Boot(const Rig& rig, const Names& nodes, Row& row) {
  ZPROV_ASSIGN(const auto booted, engine::BootNodes(rig.system, rig.spec, {nodes, rig.holder},
                                                    [](const engine::Snapshot&) {}));
  Names failed;
  for (const engine::NodeOutcome& node : booted.nodes) {
    using How = engine::NodeOutcome::How;
    if (node.how == How::kRuns) continue;
    const engine::NodeView& view = node.view;
    if (node.how != How::kInterrupted && Has(rig, Capability::kPower)) {
      failed.push_back(view.node);  // also one whose port stays empty: it may hang
    } else {
      row.findings.push_back(
          RunsNoMore(view.node, fmt::format("{} at stage \"{}\" {}", engine::Name(node.how),
                                            engine::Name(view.state), view.cause)));
    }
  }
  return failed.empty() ? Result<void>() : CutPowerOf(rig, failed, row);
}

bool CanMovePlugs(const Rig& rig, const Names& two) {
  return Has(rig, Capability::kPlugs) && Has(rig, Capability::kPower) &&
         std::ranges::all_of(two, [&](const std::string& node) {
           return std::ranges::find(rig.spec.nodes, node, &spec::Node::name) !=
                  rig.spec.nodes.end();
         });
}

// They lose their power for it, and are given it with all others that do not run.
Result<void> PutPlugsBack(const Rig& rig, const Names& exchanged, Row& row) {
  if (exchanged.empty()) return {};
  if (!CanMovePlugs(rig, exchanged)) {
    row.findings.push_back({Grade::kBad, exchanged[0],
                            "its board and that of " + exchanged[1] +
                                " may be in each other's port, and cluster.toml has not both any "
                                "more, or rig.toml does not say who exchanges plugs",
                            "the two in cluster.toml, [power] and [plugs] in rig.toml, as they "
                            "were, then another run; or exchange the plugs by hand, and remove " +
                                RunMarkPath(rig.spec)});
    return {};
  }
  ZPROV_ASSIGN(const bool is_moved, MovePlugs(rig, exchanged, Places::kOwn));
  if (!is_moved) return Fail(ErrorKind::kFailed, "interrupted: the next run puts it back");
  return {};
}

// Whose plug may be out still: that is a finding, and nothing else of it is tried.
Names PutPulledPlugIn(const Rig& rig, const std::string& pulled, Row& row) {
  if (pulled.empty()) return {};
  if (!Has(rig, Capability::kPull)) {
    row.findings.push_back(
        {Grade::kBad, pulled,
         "its plug may be out, and rig.toml does not say any more who puts it in",
         fmt::format("pull under [plugs] in rig.toml, as it was, then another run; or put it in by "
                     "hand, zprov boot {}, and remove {}",
                     pulled, RunMarkPath(rig.spec))});
    return {pulled};
  }
  const auto put = PutPlugIn(rig);
  if (put) return {};
  row.findings.push_back(
      {Grade::kBad, pulled, "its plug may be out: " + put.error().message,
       fmt::format("put it in by hand, zprov boot {}; another run asks for it again", pulled)});
  return {pulled};
}

void AddOnce(const Names& more, Names& names) {
  for (const std::string& name : more) {
    if (std::ranges::count(names, name) == 0) names.push_back(name);
  }
}

constexpr char kName[] = "put-back";
constexpr char kSentence[] = "What ran before the rig was disturbed runs again.";

Result<void> Reboot(const Rig& rig, const Names& nodes, Row& row) {
  const engine::OrderRequest request{engine::Order::kReboot, nodes, rig.holder};
  ZPROV_ASSIGN(const auto ordered,
               engine::GiveOrder(rig.system, rig.spec, request, [](const engine::Snapshot&) {}));
  Names failed;
  for (const engine::NodeOrdered& node : ordered.nodes) {
    if (node.how == engine::NodeOrdered::How::kDone) continue;
    if (node.how == engine::NodeOrdered::How::kFailed && Has(rig, Capability::kPower)) {
      failed.push_back(node.view.node);
      continue;
    }
    row.findings.push_back({Grade::kBad, node.view.node,
                            "runs a generation that this run made, and does not reboot from it",
                            "zprov reboot " + node.view.node + "; the next run tries it again"});
  }
  return failed.empty() ? Result<void>() : CutPowerOf(rig, failed, row);
}

// Where a run was cut off, a node that still runs may be about to lose its power: all are given it.
Result<std::optional<Row>> PutBack(const Rig& rig, Disturbance::How how) {
  ZPROV_ASSIGN(const auto noted, ReadRunMark(rig.system, rig.spec));
  if (!noted) return std::nullopt;
  const RunMark& mark = *noted;
  Row row{.name = kName, .sentence = kSentence};
  ZPROV_TRY(TakeLineAway(rig));
  ZPROV_TRY(RollBack(rig, mark, mark.nodes));
  const Names unplugged = PutPulledPlugIn(rig, mark.pulled, row);
  ZPROV_TRY(PutPlugsBack(rig, mark.exchanged, row));
  if (how == Disturbance::How::kCutOff) ZPROV_TRY(GivePower(rig, mark.nodes, row));
  ZPROV_ASSIGN(Names moved, WhoOfThemIsDown(rig, mark.nodes));
  for (const std::string& node : unplugged) std::erase(moved, node);
  if (!moved.empty()) {
    if (how == Disturbance::How::kToItsEnd) ZPROV_TRY(GivePower(rig, moved, row));
    ZPROV_TRY(Boot(rig, moved, row));
  }
  ZPROV_ASSIGN(const Names astray, NodesAstray(rig, mark));
  if (!astray.empty()) ZPROV_TRY(Reboot(rig, astray, row));
  AddOnce(astray, moved);
  if (!mark.pulled.empty() && unplugged.empty()) AddOnce({mark.pulled}, moved);
  ZPROV_ASSIGN(auto stays, DiscardMade(rig, mark));
  std::ranges::move(stays, std::back_inserter(row.findings));
  if (row.findings.empty()) ZPROV_TRY(RemoveRunMark(rig.system, rig.spec));
  row.outcome = row.findings.empty() ? Outcome::kPass : Outcome::kFail;
  if (how == Disturbance::How::kCutOff) {
    ZPROV_ASSIGN(auto unknown, NameUnknown(rig, mark));
    std::ranges::move(unknown, std::back_inserter(row.findings));
  }
  if (moved.empty() && row.findings.empty()) return std::nullopt;
  row.summary = fmt::format("{} had to be put back", moved.empty() ? "nobody" : Join(moved, ", "));
  return row;
}

Result<std::optional<Row>> PutBackLeftOver(const Rig& rig) {
  ZPROV_ASSIGN(const auto mark, ReadRunMark(rig.system, rig.spec));
  if (!mark) return std::nullopt;
  ZPROV_ASSIGN(const auto lock, TakeLock(rig));
  return PutBack(rig, Disturbance::How::kCutOff);
}

std::optional<Row> RowOf(Result<std::optional<Row>> put, os::Moment took) {
  if (put && !*put) return std::nullopt;
  Row row = put ? **std::move(put)
                : Row{.name = kName,
                      .sentence = kSentence,
                      .outcome = Outcome::kInfra,
                      .reason = std::move(put).error().message};
  row.took = took;
  return row;
}

}  // namespace

Result<Disturbance> Disturbance::Begin(const Rig& rig) {
  ZPROV_ASSIGN(auto lock, TakeLock(rig));
  ZPROV_ASSIGN(RunMark mark, MarkOf(rig));
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  return Disturbance(std::move(lock), std::move(mark.nodes));
}

bool Disturbance::AllRun(const Rig& rig) const {
  const auto down = WhoOfThemIsDown(rig, ran_);
  return down && down->empty();
}

std::optional<Row> Disturbance::End(const Rig& rig, How how) const {
  const os::Moment began = rig.system.clock.Now();
  auto put = PutBack(rig, how);
  return RowOf(std::move(put), rig.system.clock.Now() - began);
}

std::optional<Row> Disturbance::LeftOver(const Rig& rig) {
  const os::Moment began = rig.system.clock.Now();
  auto put = PutBackLeftOver(rig);
  return RowOf(std::move(put), rig.system.clock.Now() - began);
}

}  // namespace zprov::hil
