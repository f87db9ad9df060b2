#include "engine/apply.h"

#include <fmt/format.h>

#include "engine/journal.h"
#include "engine/observe.h"
#include "engine/perform.h"

namespace zprov::engine {
namespace {

bool MakesState(const plan::Step& step, const spec::ClusterSpec& spec) {
  const auto* directory = std::get_if<plan::MakeDirectory>(&step.action);
  if (directory != nullptr) return directory->path == spec.storage.store;
  const auto* subvolume = std::get_if<plan::MakeSubvolume>(&step.action);
  return subvolume != nullptr && subvolume->path == plan::StateDirectory(spec);
}

// The lock and the journal live in the store's state, which therefore comes before both. Two zprovs
// may race here: the loser finds it made. Returns the steps that were done.
Result<std::vector<plan::Step>> MakeState(os::System& system, const spec::ClusterSpec& spec,
                                          const plan::Plan& plan,
                                          const std::function<void(const Progress&)>& on_step) {
  std::vector<plan::Step> made;
  for (const plan::Step& step : plan.steps) {
    if (!MakesState(step, spec)) continue;
    on_step({made.size() + 1, plan.steps.size(), step});
    const auto done = Perform(system, step.action);
    if (!done && done.error().kind != ErrorKind::kExists) return tl::make_unexpected(done.error());
    made.push_back(step);
  }
  if (!made.empty()) ZPROV_TRY(system.trees.Sync(spec.storage.store));
  return made;
}

Result<std::unique_ptr<os::Lock>> TakeLock(os::System& system, const spec::ClusterSpec& spec,
                                           const std::string& holder) {
  auto lock = system.locks.TryLock(plan::LockPath(spec), holder);
  if (!lock && lock.error().kind == ErrorKind::kNotFound) {  // the links alone do not make it
    return Fail(ErrorKind::kRefused,
                plan::StateDirectory(spec) + " does not exist yet: run `zprov apply` first");
  }
  if (lock || lock.error().kind != ErrorKind::kBusy) return lock;
  const std::string& who = lock.error().message;
  return Fail(ErrorKind::kRefused,
              fmt::format("another zprov is at work on {} ({}): wait until it is done",
                          spec.storage.store, who.empty() ? "it has only just started" : who));
}

// `made` steps were done before these.
Result<void> PerformAll(os::System& system, const plan::Plan& plan, size_t made,
                        const std::function<void(const Progress&)>& on_step) {
  size_t number = made;
  for (const plan::Step& step : plan.steps) {
    on_step({++number, made + plan.steps.size(), step});
    ZPROV_TRY(Perform(system, step.action));
  }
  return {};
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

constexpr int kMostRounds = 10;  // a link that will not settle is an error to see, not to repeat

// Until nothing is left: a link that appears while we work starts no second run of the unit.
// Returns all that was done.
Result<plan::Plan> SetUpLinks(os::System& system, const spec::ClusterSpec& spec,
                              const Request& request,
                              const std::function<void(const Progress&)>& on_step) {
  plan::Plan done;
  for (int round = 0; round < kMostRounds; ++round) {
    ZPROV_ASSIGN(const plan::Plan plan, PlanFor(system, spec, request));
    if (plan.steps.empty()) return done;
    ZPROV_TRY(PerformAll(system, plan, done.steps.size(), on_step));
    done.steps.insert(done.steps.end(), plan.steps.begin(), plan.steps.end());
    done.notes = plan.notes;
  }
  return Fail(ErrorKind::kFailed,
              "the links do not settle: something else keeps changing them; `zprov plan --only "
              "links` shows what, and zprov doctor which network manager runs");
}

}  // namespace

Result<plan::Plan> PlanFor(os::System& system, const spec::ClusterSpec& spec,
                           const Request& request) {
  ZPROV_ASSIGN(plan::Plan plan, MakePlan(system, spec, request.wishes));
  if (request.scope == Scope::kLinks) return plan::LinksOnly(std::move(plan));
  return plan;
}

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec, const Request& request,
                         const std::function<void(const Progress&)>& on_step) {
  ZPROV_ASSIGN(plan::Plan plan, PlanFor(system, spec, request));
  if (!plan.refusals.empty()) return plan;
  ZPROV_ASSIGN(const std::vector<plan::Step> made, MakeState(system, spec, plan, on_step));
  ZPROV_ASSIGN(const auto lock, TakeLock(system, spec, request.holder));
  // What was seen before the lock may have been another zprov's work in progress.
  ZPROV_ASSIGN(plan, PlanFor(system, spec, request));
  if (!plan.refusals.empty()) return plan;
  if (request.scope == Scope::kLinks) return SetUpLinks(system, spec, request, on_step);
  if (!plan.steps.empty()) {
    ZPROV_TRY(WriteJournal(system, plan::JournalPath(spec), plan));
    ZPROV_TRY(PerformAll(system, plan, made.size(), on_step));
  }
  ZPROV_TRY(Finish(system, spec));
  plan.steps.insert(plan.steps.begin(), made.begin(), made.end());
  return plan;
}

}  // namespace zprov::engine
