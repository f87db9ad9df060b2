#include "hil/throw_away.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/fleet/boot_mark.h"
#include "engine/generations.h"
#include "engine/make_generation.h"
#include "engine/settle.h"
#include "engine/store_lock.h"
#include "hil/node_look.h"

namespace zprov::hil {
namespace {

bool IsIn(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

// Of the boot that zprov began last. A look knows a boot by its record, and there is none when
// whoever began it was killed: then what it shows is the boot before.
std::optional<int> BegunLast(const Rig& rig, const NodeLook& look) {
  const auto mark = engine::ReadBootMark(rig.system, look.node->name);
  return mark ? mark->generation : std::nullopt;
}

// Whether it shows the boot that was begun last: a serve writes a boot's record down a moment after
// the node has reported.
bool IsOfTheLastBoot(const Rig& rig, const NodeLook& look) {
  const auto begun = BegunLast(rig, look);
  return look.runs && (!begun || *begun == *look.runs);
}

// Once it is known what each runs that is up, or when they had time enough to say so.
Result<std::vector<NodeLook>> LookOnceKnown(const Rig& rig) {
  const os::Moment late = rig.system.clock.Now() + kSaysWithin;
  while (true) {
    ZPROV_ASSIGN(auto looks, LookAtNodes(rig));
    const bool are_known = std::ranges::all_of(looks, [&rig](const NodeLook& look) {
      return look.life.life != engine::Life::kUp || IsOfTheLastBoot(rig, look);
    });
    const os::Moment now = rig.system.clock.Now();
    if (are_known || now >= late) return looks;
    ZPROV_TRY(rig.system.events.Next(std::min(late, now + kLookEvery)));
  }
}

// A node that is not known to run something earlier may run it.
std::optional<std::string> WhoMayRun(const Rig& rig, const std::vector<NodeLook>& looks,
                                     int number) {
  for (const NodeLook& look : looks) {
    const bool is_down = look.life.life == engine::Life::kDown;
    const bool runs_another = look.runs && *look.runs != number && BegunLast(rig, look) != number;
    if (!is_down && !runs_another) return look.node->name;
  }
  return std::nullopt;
}

}  // namespace

spec::ClusterSpec WithoutPruning(const spec::ClusterSpec& spec) {
  constexpr int kAll = 1'000'000;
  spec::ClusterSpec kept = spec;
  kept.prune_keep = kAll;
  return kept;
}

Result<int> NewestOf(const Rig& rig) {
  ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
  return store.generations.empty() ? 0 : store.generations.rbegin()->first;
}

Result<RunMark> NoteMade(const Rig& rig, int number) {
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  if (IsIn(mark.made, number)) return mark;
  mark.made.push_back(number);
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  return mark;
}

Result<engine::Updated> MakeGeneration(const Rig& rig, const Names& nodes) {
  const engine::UpdateRequest request{.nodes = nodes, .holder = rig.holder};
  ZPROV_ASSIGN(auto updated, engine::Update(rig.system, WithoutPruning(rig.spec), request,
                                            [](const engine::Notice&) {}));
  ZPROV_TRY(NoteMade(rig, updated.number));
  return updated;
}

// Each step back is to the generation before, which may be the run's own, too.
Result<void> RollBack(const Rig& rig, const RunMark& mark, const Names& nodes) {
  for (const std::string& node : nodes) {
    while (true) {
      ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
      const auto current = store.current.find(node);
      if (current == store.current.end() || !IsIn(mark.made, current->second)) break;
      const engine::RollbackRequest back{.nodes = {node}, .holder = rig.holder};
      ZPROV_TRY(engine::Rollback(rig.system, rig.spec, back, [](const engine::Notice&) {}));
    }
  }
  return {};
}

Result<Names> NodesAstray(const Rig& rig, const RunMark& mark) {
  ZPROV_ASSIGN(const auto looks, LookOnceKnown(rig));
  Names astray;
  for (const NodeLook& look : looks) {
    const std::string& node = look.node->name;
    const bool is_noted = std::ranges::find(mark.nodes, node) != mark.nodes.end();
    const bool is_up = look.life.life == engine::Life::kUp;
    const auto begun = is_up ? BegunLast(rig, look) : std::nullopt;
    const bool runs_made =
        (look.runs && IsIn(mark.made, *look.runs)) || (begun && IsIn(mark.made, *begun));
    if (is_noted && runs_made) astray.push_back(node);
  }
  return astray;
}

Result<std::vector<Finding>> NameUnknown(const Rig& rig, const RunMark& mark) {
  ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
  std::vector<Finding> findings;
  for (const auto& [number, generation] : store.generations) {
    if (number <= mark.newest || IsIn(mark.made, number)) continue;
    findings.push_back({Grade::kWarning, rig.spec.host,
                        fmt::format("generation {} was made since a run that was cut off began, "
                                    "and is left alone",
                                    number),
                        "if nobody updated since, it is that run's: zprov rollback, reboot the "
                        "nodes, zprov prune"});
  }
  return findings;
}

Result<std::vector<Finding>> DiscardMade(const Rig& rig, const RunMark& mark) {
  if (mark.made.empty()) return {};
  ZPROV_ASSIGN(const auto store, engine::ObserveGenerations(rig.system, rig.spec));
  ZPROV_ASSIGN(const auto looks, LookOnceKnown(rig));
  ZPROV_ASSIGN(const auto lock, engine::TakeStoreLock(rig.system, rig.spec, rig.holder));
  std::vector<Finding> findings;
  for (const auto& [number, generation] : store.generations) {
    if (!IsIn(mark.made, number)) continue;
    if (const auto who = WhoMayRun(rig, looks, number)) {
      findings.push_back({Grade::kBad, *who,
                          fmt::format("may still run generation {}, which this run made", number),
                          fmt::format("zprov reboot {}; the next run removes it", *who)});
      continue;
    }
    ZPROV_TRY(engine::DiscardGeneration(rig.system, rig.spec, number));
  }
  ZPROV_TRY(engine::SettleExports(rig.system, rig.spec, {}));
  return findings;
}

}  // namespace zprov::hil
