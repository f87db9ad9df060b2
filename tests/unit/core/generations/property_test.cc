// What holds for pruning and numbers in every store, however it came about. RC_PARAMS replays.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/generations/store.h"

namespace zprov::generations {
namespace {

const std::vector<std::string> kNodes = {"s0", "s1", "s2", "gone"};

rc::Gen<Store> AnyStore() {
  return rc::gen::exec([] {
    Store store;
    const int count = *rc::gen::inRange(0, 9);
    for (int i = 0; i < count; ++i) {
      const int number = *rc::gen::inRange(0, 15);
      Generation& generation = store.generations[number];
      generation.record.number = number;
      generation.is_finished =
          number == 0 || *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
      for (const std::string& node : kNodes) {
        if (*rc::gen::weightedElement<bool>({{3, true}, {1, false}})) generation.nodes.insert(node);
      }
    }
    for (const std::string& node : kNodes) {
      const auto own = GenerationsOf(store, node);
      const bool has_pointer = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
      if (!own.empty() && has_pointer) store.current[node] = *rc::gen::elementOf(own);
    }
    return store;
  });
}

rc::Gen<std::map<std::string, std::string>> AnyHolds() {
  return rc::gen::exec([] {
    std::map<std::string, std::string> holds;
    for (const std::string& node : kNodes) {
      if (*rc::gen::weightedElement<bool>({{1, true}, {3, false}})) holds[node] = node + " is up";
    }
    return holds;
  });
}

// As the engine does it.
Store After(Store store, const Pruning& pruning) {
  for (const NodeGeneration& gone : pruning.remove) {
    store.generations.at(gone.number).nodes.erase(gone.node);
  }
  for (const int number : pruning.emptied) store.generations.erase(number);
  return store;
}

RC_GTEST_PROP(ToPruneProperty, NothingCurrentOrHeldIsEverRemoved, ()) {
  const Store store = *AnyStore();
  const auto holds = *AnyHolds();
  const Store after = After(store, ToPrune(store, *rc::gen::inRange(-1, 7), holds));
  for (const auto& [node, number] : store.current) {
    RC_ASSERT(after.generations.contains(number));
    RC_ASSERT(after.generations.at(number).nodes.contains(node));
  }
  for (const auto& [node, why] : holds) {
    RC_ASSERT(GenerationsOf(after, node) == GenerationsOf(store, node));
  }
}

RC_GTEST_PROP(ToPruneProperty, ARollbackThatWasPossibleStaysPossible, ()) {
  const Store store = *AnyStore();
  const Store after = After(store, ToPrune(store, 1, *AnyHolds()));
  for (const std::string& node : kNodes) {
    const auto before = RollbackMoves(store, {node});
    RC_ASSERT(before.has_value() == RollbackMoves(after, {node}).has_value());
    if (before) RC_ASSERT(*before == RollbackMoves(after, {node}).value());
  }
}

RC_GTEST_PROP(ToPruneProperty, EveryNodeKeepsItsLatestGenerations, ()) {
  const Store store = *AnyStore();
  const int keep = *rc::gen::inRange(1, 7);
  const Store after = After(store, ToPrune(store, keep, *AnyHolds()));
  for (const std::string& node : kNodes) {
    const auto before = GenerationsOf(store, node);
    const auto left = GenerationsOf(after, node);
    const auto count = std::min(before.size(), static_cast<size_t>(keep));
    RC_ASSERT(left.size() >= count);
    RC_ASSERT(std::equal(before.rbegin(), before.rbegin() + static_cast<ptrdiff_t>(count),
                         left.rbegin()));
  }
}

RC_GTEST_PROP(ToPruneProperty, ASecondPruningRemovesNothing, ()) {
  const Store store = *AnyStore();
  const int keep = *rc::gen::inRange(1, 7);
  const auto holds = *AnyHolds();
  const Pruning again = ToPrune(After(store, ToPrune(store, keep, holds)), keep, holds);
  RC_ASSERT(again.remove.empty());
  RC_ASSERT(again.emptied.empty());
}

RC_GTEST_PROP(ToPruneProperty, NothingUnfinishedAndNoEmptyShellIsLeft, ()) {
  const Store store = *AnyStore();
  const Store after = After(store, ToPrune(store, *rc::gen::inRange(1, 7), {}));
  for (const auto& [number, generation] : after.generations) {
    RC_ASSERT(generation.is_finished);
    const bool is_latest = number == after.generations.rbegin()->first;
    RC_ASSERT(is_latest || !generation.nodes.empty());
  }
}

RC_GTEST_PROP(NextNumberProperty, IsInUseNowhereAndLaterThanAllFinishedOnes, ()) {
  const Store store = *AnyStore();
  const int next = NextNumber(store);
  RC_ASSERT(next >= 1);
  for (const auto& [number, generation] : store.generations) RC_ASSERT(number < next);
  const Store after = After(store, ToPrune(store, 1, {}));
  for (const auto& [number, generation] : store.generations) {
    if (generation.is_finished) RC_ASSERT(NextNumber(after) > number);
  }
}

}  // namespace
}  // namespace zprov::generations
