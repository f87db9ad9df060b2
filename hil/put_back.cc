#include "hil/put_back.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "engine/serve/boot_nodes.h"
#include "hil/conduct.h"
#include "hil/node_look.h"
#include "hil/run_mark.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using Names = std::vector<std::string>;

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

Result<Names> WhoRuns(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Names names;
  for (const NodeLook& look : looks) {
    if (look.life.life == engine::Life::kUp) names.push_back(look.node->name);
  }
  return names;
}

Result<Names> WhoOfThemIsDown(const Rig& rig, const Names& nodes) {
  ZPROV_ASSIGN(const Names up, WhoRuns(rig));
  Names down;
  std::ranges::copy_if(nodes, std::back_inserter(down), [&](const std::string& node) {
    return std::ranges::find(up, node) == up.end();
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

Result<void> Boot(const Rig& rig, const Names& nodes, Row& row) {
  ZPROV_ASSIGN(const auto booted, engine::BootNodes(rig.system, rig.spec, {nodes, rig.holder},
                                                    [](const engine::Snapshot&) {}));
  for (const engine::NodeOutcome& node : booted.nodes) {
    if (node.how == engine::NodeOutcome::How::kRuns) continue;
    const engine::NodeView& view = node.view;
    row.findings.push_back(
        {Grade::kBad, view.node,
         fmt::format("ran before and does not any more: {} at stage \"{}\" {}",
                     engine::Name(node.how), engine::Name(view.state), view.cause),
         fmt::format("see that it has power, then zprov boot {}; another run "
                     "tries it again, too",
                     view.node)});
  }
  return {};
}

constexpr char kName[] = "put-back";
constexpr char kSentence[] = "What ran before the rig was disturbed runs again.";

// Where a run was cut off, a node that still runs may be about to lose its power: all are given it.
Result<std::optional<Row>> PutBack(const Rig& rig, const Names& nodes, Disturbance::How how) {
  Row row{.name = kName, .sentence = kSentence};
  if (how == Disturbance::How::kCutOff) ZPROV_TRY(GivePower(rig, nodes, row));
  ZPROV_ASSIGN(const Names down, WhoOfThemIsDown(rig, nodes));
  if (!down.empty()) {
    if (how == Disturbance::How::kToItsEnd) ZPROV_TRY(GivePower(rig, down, row));
    ZPROV_TRY(Boot(rig, down, row));
  }
  if (row.findings.empty()) ZPROV_TRY(RemoveRunMark(rig.system, rig.spec));
  if (down.empty() && row.findings.empty()) return std::nullopt;
  row.outcome = row.findings.empty() ? Outcome::kPass : Outcome::kFail;
  row.summary = fmt::format("{} had to be put back", Join(down, ", "));
  return row;
}

Result<std::optional<Row>> PutBackLeftOver(const Rig& rig) {
  ZPROV_ASSIGN(const auto mark, ReadRunMark(rig.system, rig.spec));
  if (!mark) return std::nullopt;
  ZPROV_ASSIGN(const auto lock, TakeLock(rig));
  return PutBack(rig, *mark, Disturbance::How::kCutOff);
}

std::optional<Row> RowOf(Result<std::optional<Row>> put) {
  if (put) return std::move(*put);
  return Row{.name = kName,
             .sentence = kSentence,
             .outcome = Outcome::kInfra,
             .reason = std::move(put).error().message};
}

}  // namespace

Result<Disturbance> Disturbance::Begin(const Rig& rig) {
  ZPROV_ASSIGN(auto lock, TakeLock(rig));
  ZPROV_ASSIGN(Names nodes, WhoRuns(rig));
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, nodes));
  return Disturbance(std::move(lock), std::move(nodes));
}

bool Disturbance::AllRun(const Rig& rig) const {
  const auto down = WhoOfThemIsDown(rig, nodes_);
  return down && down->empty();
}

std::optional<Row> Disturbance::End(const Rig& rig, How how) const {
  return RowOf(PutBack(rig, nodes_, how));
}

std::optional<Row> Disturbance::LeftOver(const Rig& rig) { return RowOf(PutBackLeftOver(rig)); }

}  // namespace zprov::hil
