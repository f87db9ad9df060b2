#include "engine/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/commit.h"
#include "engine/content.h"
#include "engine/generations.h"
#include "engine/guards.h"
#include "engine/make_generation.h"
#include "engine/new_generation.h"
#include "engine/prune.h"
#include "engine/store_lock.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

using generations::Move;
using generations::Store;

struct Work {
  os::System& system;
  const spec::ClusterSpec& spec;
  const UpdateRequest& request;
  const OnNotice& notice;
};

// Everything that is known before anything is made.
struct Ready {
  std::vector<std::string> nodes;
  std::vector<std::string> skipped;
  std::map<std::string, NodeLife> lives;
  Store store;
};

// A list of nodes is refused as a whole, or, with skip_up, goes on without those in the way.
Result<void> GuardLives(const Work& work, Ready& ready) {
  const auto in_the_way = NodesInTheWay(work.spec, ready.nodes, ready.lives);
  if (in_the_way.empty()) return {};
  if (!work.request.skip_up) {
    return Fail(ErrorKind::kRefused,
                fmt::format("{}: in the compatible mode a running node would lose its root; halt "
                            "it, leave it out with --skip-up, or say --assume-down NODE if you "
                            "know better; nothing was changed",
                            Join(in_the_way, "; ")));
  }
  ready.skipped = in_the_way;
  std::erase_if(ready.nodes,
                [&](const std::string& node) { return ready.lives.at(node).life != Life::kDown; });
  return {};
}

Result<Ready> GetReady(const Work& work) {
  Ready ready;
  ZPROV_ASSIGN(ready.nodes, NamedNodes(work.spec, work.request.nodes));
  ZPROV_ASSIGN(ready.lives, ObserveLives(work.system, work.spec, work.request.assume_down));
  ZPROV_TRY(GuardLives(work, ready));
  ZPROV_TRY(ExpectRoomForMetadata(work.system, work.spec));
  ZPROV_TRY(ExpectNoPackageRun(work.system, work.spec));
  ZPROV_ASSIGN(ready.store, ObserveGenerations(work.system, work.spec));
  ZPROV_TRY(ExpectOurRoots(work.system, work.spec, ready.nodes, ready.store));
  return ready;
}

std::vector<Move> MovesTo(int number, const Ready& ready) {
  std::vector<Move> moves;
  for (const std::string& node : ready.nodes) {
    const auto current = ready.store.current.find(node);
    moves.push_back({node, current == ready.store.current.end() ? -1 : current->second, number});
  }
  return moves;
}

// True when every node already has what the new generation holds.
Result<bool> IsNothingNew(const Work& work, const std::vector<Move>& moves) {
  if (!work.request.if_changed) return false;
  for (const Move& move : moves) {
    if (move.from < 1) return false;
    ZPROV_ASSIGN(const bool is_same, HasSameContent(work.system, work.spec, move.from, move.to));
    if (!is_same) return false;
  }
  return true;
}

// A generation takes minutes to make, and nodes boot meanwhile: compatibly as if they had run
// before. Without a node left the generation goes.
Result<void> MakeSureOfLives(const Work& work, int number, Run& run, Updated& updated) {
  if (work.spec.mode == spec::Mode::kNative) return {};
  Ready now;
  for (const Move& move : run.moves) now.nodes.push_back(move.node);
  now.lives = GlanceAtLives(work.system, work.spec, work.request.assume_down);
  auto guarded = GuardLives(work, now);
  updated.skipped.insert(updated.skipped.end(), now.skipped.begin(), now.skipped.end());
  std::erase_if(run.moves, [&](const Move& move) {
    return std::ranges::find(now.nodes, move.node) == now.nodes.end();
  });
  if (!guarded || run.moves.empty()) {
    ZPROV_TRY(DiscardGeneration(work.system, work.spec, number));
  }
  return guarded;
}

// What was made for nodes that were left out meanwhile: a node must not go back to what it never
// ran.
Result<void> DiscardUnused(const Work& work, const std::vector<Move>& made, Updated& updated) {
  if (updated.moved.empty()) {
    return DiscardGeneration(work.system, work.spec, std::exchange(updated.number, 0));
  }
  for (const Move& move : made) {
    const bool is_used = std::ranges::find(updated.moved, move) != updated.moved.end();
    if (!is_used) ZPROV_TRY(DiscardRoot(work.system, work.spec, updated.number, move.node));
  }
  return {};
}

Result<Updated> MakeAndMove(const Work& work, const Ready& ready) {
  const auto& [system, spec, request, notice] = work;
  Updated updated;
  updated.skipped = ready.skipped;
  if (ready.nodes.empty()) return updated;
  const int number = generations::NextNumber(ready.store);
  const std::vector<Move> moves = MovesTo(number, ready);
  auto run = BuildRun(system, spec, {number, moves, ready.store}, notice);
  if (!run) return tl::make_unexpected(std::move(run).error());
  ZPROV_ASSIGN(const bool is_nothing_new, IsNothingNew(work, moves));
  if (is_nothing_new) {
    ZPROV_TRY(DiscardGeneration(system, spec, number));
    return updated;
  }
  ZPROV_TRY(MakeSureOfLives(work, number, *run, updated));
  if (run->moves.empty()) return updated;
  ZPROV_ASSIGN(const Kept kept, Commit(system, spec, *run, {.assume_down = request.assume_down}));
  updated.number = number;
  updated.kernel = run->record->kernel;
  for (const auto& [node, why] : kept) updated.skipped.push_back(why);
  for (const Move& move : run->moves) {
    if (kept.contains(move.node)) continue;
    updated.moved.push_back(move);
    const bool is_down = ready.lives.at(move.node).life == Life::kDown;
    if (!is_down) updated.at_next_boot.push_back(move.node);
  }
  ZPROV_TRY(DiscardUnused(work, moves, updated));
  return updated;
}

}  // namespace

Result<Updated> Update(os::System& system, const spec::ClusterSpec& spec,
                       const UpdateRequest& request, const OnNotice& notice) {
  const Work work{system, spec, request, notice};
  ZPROV_ASSIGN(const auto lock, TakeStoreLock(system, spec, request.holder));
  ZPROV_TRY(Recover(system, spec));
  ZPROV_ASSIGN(Ready ready, GetReady(work));
  ZPROV_TRY(DiscardUnfinished(system, spec, ready.store));
  std::erase_if(ready.store.generations, [](const auto& each) { return !each.second.is_finished; });
  ZPROV_ASSIGN(Updated updated, MakeAndMove(work, ready));
  if (updated.number == 0) return updated;
  ZPROV_ASSIGN(const auto pruning, PruneOld(system, spec, {spec.prune_keep, ready.lives}));
  updated.pruned = pruning.remove;
  return updated;
}

}  // namespace zprov::engine
