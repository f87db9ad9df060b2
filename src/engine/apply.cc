#include "engine/apply.h"

#include <fmt/format.h>

#include "engine/commit.h"
#include "engine/generations.h"
#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/perform.h"
#include "engine/prune.h"
#include "engine/store_lock.h"

namespace zprov::engine {
namespace {

bool MakesState(const plan::Step& step, const spec::ClusterSpec& spec) {
  const auto* directory = std::get_if<plan::MakeDirectory>(&step.action);
  if (directory != nullptr) return directory->path == spec.storage.store;
  const auto* subvolume = std::get_if<plan::MakeSubvolume>(&step.action);
  return subvolume != nullptr && subvolume->path == plan::StateDirectory(spec);
}

struct Applying {
  os::System& system;
  const spec::ClusterSpec& spec;
  const Request& request;
  const std::function<void(const Progress&)>& on_step;

  Result<void> Do(const plan::Step& step, size_t number, size_t total) const {
    on_step({number, total, step});
    return Perform({system, spec, request.notice}, step.action);
  }
};

// The lock and the journal live in the store's state, which therefore comes before both. Two zprovs
// may race here: the loser finds it made. Returns the steps that were done.
Result<std::vector<plan::Step>> MakeState(const Applying& apply, const plan::Plan& plan) {
  std::vector<plan::Step> made;
  for (const plan::Step& step : plan.steps) {
    if (!MakesState(step, apply.spec)) continue;
    const auto done = apply.Do(step, made.size() + 1, plan.steps.size());
    if (!done && done.error().kind != ErrorKind::kExists) return tl::make_unexpected(done.error());
    made.push_back(step);
  }
  if (!made.empty()) ZPROV_TRY(apply.system.trees.Sync(apply.spec.storage.store));
  return made;
}

// `made` steps were done before these.
Result<void> PerformAll(const Applying& apply, const plan::Plan& plan, size_t made) {
  size_t number = made;
  for (const plan::Step& step : plan.steps) {
    ZPROV_TRY(apply.Do(step, ++number, made + plan.steps.size()));
  }
  return {};
}

// What an earlier run left of generations: moved pointers move on, half-made roots go.
Result<void> CleanUp(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_TRY(Recover(system, spec));
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  return DiscardUnfinished(system, spec, store);
}

// All that this run did, or an interrupted one before it, survives a power cut; then the record
// goes.
Result<void> Finish(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const auto journal, system.files.Status(plan::JournalPath(spec)));
  if (!journal) return {};
  ZPROV_TRY(system.trees.Sync("/"));
  ZPROV_TRY(system.trees.Sync(spec.storage.store));
  return CloseJournal(system, plan::JournalPath(spec));
}

}  // namespace

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec, const Request& request,
                         const std::function<void(const Progress&)>& on_step) {
  const Applying apply{system, spec, request, on_step};
  ZPROV_ASSIGN(plan::Plan plan, MakePlan(system, spec, request.wishes));
  if (!plan.refusals.empty()) return plan;
  ZPROV_ASSIGN(const std::vector<plan::Step> made, MakeState(apply, plan));
  ZPROV_ASSIGN(const auto lock, TakeStoreLock(system, spec, request.holder));
  ZPROV_TRY(CleanUp(system, spec));
  // What was seen before the lock may have been another zprov's work in progress.
  ZPROV_ASSIGN(plan, MakePlan(system, spec, request.wishes));
  if (!plan.refusals.empty()) return plan;
  if (!plan.steps.empty()) {
    ZPROV_TRY(WriteJournal(system, plan::JournalPath(spec), plan));
    ZPROV_TRY(PerformAll(apply, plan, made.size()));
  }
  ZPROV_TRY(Finish(system, spec));
  plan.steps.insert(plan.steps.begin(), made.begin(), made.end());
  return plan;
}

}  // namespace zprov::engine
