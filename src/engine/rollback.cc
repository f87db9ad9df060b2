// zprov rollback: the same act as an update's, with a generation that is there already.
#include <fmt/format.h>

#include "engine/commit.h"
#include "engine/generations.h"
#include "engine/guards.h"
#include "engine/store_lock.h"
#include "engine/update.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

// Without names: every node of the spec that has something to go back from.
Result<std::vector<std::string>> NodesFor(const spec::ClusterSpec& spec,
                                          const generations::Store& store,
                                          const std::vector<std::string>& names) {
  ZPROV_ASSIGN(std::vector<std::string> nodes, NamedNodes(spec, names));
  if (names.empty()) {
    std::erase_if(nodes, [&](const std::string& node) { return !store.current.contains(node); });
  }
  if (!nodes.empty()) return nodes;
  return Fail(ErrorKind::kRefused, "no node has a generation yet: `zprov apply` makes the first");
}

Result<void> GuardLives(const spec::ClusterSpec& spec, const std::vector<std::string>& nodes,
                        const std::map<std::string, NodeLife>& lives) {
  const auto in_the_way = NodesInTheWay(spec, nodes, lives);
  if (in_the_way.empty()) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("{}: in the compatible mode a running node would lose its root; halt it, "
                          "or say --assume-down NODE if you know better; nothing was changed",
                          Join(in_the_way, "; ")));
}

// The others went back: they have what was asked for, and going on is safe.
Result<void> ExpectNoneKept(const Kept& kept, const std::vector<generations::Move>& moves) {
  if (kept.empty()) return {};
  std::vector<std::string> whys;
  for (const auto& [node, why] : kept) whys.push_back(why);
  return Fail(ErrorKind::kBusy,
              fmt::format("{}: it came up just then, and so it keeps the root that it runs{}: halt "
                          "it and roll it back by its name",
                          Join(whys, "; "),
                          kept.size() < moves.size() ? ", while the others went back" : ""));
}

}  // namespace

Result<RolledBack> Rollback(os::System& system, const spec::ClusterSpec& spec,
                            const RollbackRequest& request, const OnNotice& notice) {
  ZPROV_ASSIGN(const auto lock, TakeStoreLock(system, spec, request.holder));
  ZPROV_TRY(Recover(system, spec));
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  ZPROV_ASSIGN(const auto nodes, NodesFor(spec, store, request.nodes));
  ZPROV_ASSIGN(const auto lives, ObserveLives(system, spec, request.assume_down));
  ZPROV_TRY(GuardLives(spec, nodes, lives));
  ZPROV_ASSIGN(const auto moves, generations::RollbackMoves(store, nodes));
  notice({Notice::Kind::kProgress, "moving the nodes' pointers back"});
  ZPROV_ASSIGN(const Kept kept, Commit(system, spec, {.record = std::nullopt, .moves = moves},
                                       {.assume_down = request.assume_down}));
  ZPROV_TRY(ExpectNoneKept(kept, moves));
  RolledBack done{.moved = moves, .at_next_boot = {}};
  for (const generations::Move& move : moves) {
    if (lives.at(move.node).life != Life::kDown) done.at_next_boot.push_back(move.node);
  }
  return done;
}

}  // namespace zprov::engine
