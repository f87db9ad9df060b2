// The next number, what a rollback moves, and what pruning removes and holds back, by example.
#include "core/generations/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zprov::generations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

void Add(Store& store, int number, std::set<std::string> nodes) {
  store.generations[number] = {
      {.number = number, .made_ns = 0, .source = "/", .kernel = "6.1"}, true, std::move(nodes)};
}

void AddUnfinished(Store& store, int number, std::set<std::string> nodes) {
  store.generations[number] = {
      {.number = number, .made_ns = 0, .source = "", .kernel = ""}, false, std::move(nodes)};
}

// Generations 0 to `latest`, each with both nodes, which get the latest.
Store Rig(int latest) {
  Store store;
  for (int number = 0; number <= latest; ++number) Add(store, number, {"s0", "s1"});
  store.current = {{"s0", latest}, {"s1", latest}};
  return store;
}

TEST(NextNumber, IsOneInAnEmptyStore) { EXPECT_EQ(NextNumber({}), 1); }

TEST(NextNumber, IsOneWhenOnlyHandMadeRootsAreThere) { EXPECT_EQ(NextNumber(Rig(0)), 1); }

TEST(NextNumber, IsNoNumberThatAnUnfinishedGenerationHas) {
  Store store = Rig(3);
  AddUnfinished(store, 7, {});
  EXPECT_EQ(NextNumber(store), 8);
}

TEST(NextNumber, IsNoNumberThatAPointerStillNames) {
  Store store = Rig(3);
  store.current["s9"] = 12;
  EXPECT_EQ(NextNumber(store), 13);
}

TEST(NextNumber, DoesNotGoBackWithARollback) {
  Store store = Rig(3);
  store.current = {{"s0", 1}, {"s1", 1}};
  EXPECT_EQ(NextNumber(store), 4);
}

TEST(GenerationsOf, AreTheFinishedOnesWithARootOfTheNode) {
  Store store;
  Add(store, 0, {"s0"});
  Add(store, 2, {"s0", "s1"});
  Add(store, 3, {"s1"});
  AddUnfinished(store, 4, {"s0", "s1"});
  EXPECT_THAT(GenerationsOf(store, "s0"), ElementsAre(0, 2));
  EXPECT_THAT(GenerationsOf(store, "s9"), IsEmpty());
}

TEST(RollbackMoves, GoToTheLatestGenerationOfTheNodesOwnBeforeTheCurrentOne) {
  Store store;
  Add(store, 0, {"s0", "s1"});
  Add(store, 1, {"s0"});
  Add(store, 2, {"s0", "s1"});
  Add(store, 3, {"s0", "s1"});
  store.current = {{"s0", 2}, {"s1", 2}};
  EXPECT_THAT(RollbackMoves(store, {"s0", "s1"}).value(),
              ElementsAre(Move{"s0", 2, 1}, Move{"s1", 2, 0}));
}

TEST(RollbackMoves, GoOneStepForANodeThatIsNamedTwice) {
  EXPECT_THAT(RollbackMoves(Rig(2), {"s0", "s0"}).value(), ElementsAre(Move{"s0", 2, 1}));
}

TEST(RollbackMoves, PassOverAnUnfinishedGeneration) {
  Store store;
  Add(store, 0, {"s0"});
  AddUnfinished(store, 1, {"s0"});
  Add(store, 2, {"s0"});
  store.current = {{"s0", 2}};
  EXPECT_THAT(RollbackMoves(store, {"s0"}).value(), ElementsAre(Move{"s0", 2, 0}));
}

TEST(RollbackMoves, AreRefusedAsAWholeAndNameEveryNodeInTheWay) {
  Store store = Rig(1);
  store.current["s1"] = 0;
  const auto moves = RollbackMoves(store, {"s0", "s1", "s9"});
  ASSERT_FALSE(moves.has_value());
  EXPECT_EQ(moves.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(
      moves.error().message,
      AllOf(HasSubstr("s1 has no generation before 0, its current one: `zprov update s1`"),
            HasSubstr("s9 has no generation yet: `zprov update s9`"), Not(HasSubstr("s0 has"))));
}

TEST(ToPrune, LeavesTheLatestGenerationsOfEachNode) {
  const Pruning pruning = ToPrune(Rig(4), 3, {});
  EXPECT_THAT(pruning.remove, ElementsAre(NodeGeneration{"s0", 0}, NodeGeneration{"s1", 0},
                                          NodeGeneration{"s0", 1}, NodeGeneration{"s1", 1}));
  EXPECT_THAT(pruning.emptied, ElementsAre(0, 1));
  EXPECT_THAT(pruning.held, IsEmpty());
}

TEST(ToPrune, LeavesSomewhereToGoBackToEvenWhenOnlyOneIsKept) {
  const Pruning pruning = ToPrune(Rig(3), 1, {});
  EXPECT_THAT(pruning.emptied, ElementsAre(0, 1));
  EXPECT_EQ(ToPrune(Rig(3), 0, {}), pruning);
}

TEST(ToPrune, AfterARollbackLeavesTheCurrentTheOneBeforeAndTheLatest) {
  Store store = Rig(5);
  store.current = {{"s0", 2}, {"s1", 5}};
  const Pruning pruning = ToPrune(store, 1, {});
  EXPECT_THAT(pruning.remove,
              ElementsAre(NodeGeneration{"s0", 0}, NodeGeneration{"s1", 0}, NodeGeneration{"s1", 1},
                          NodeGeneration{"s1", 2}, NodeGeneration{"s0", 3}, NodeGeneration{"s1", 3},
                          NodeGeneration{"s0", 4}));
  EXPECT_THAT(pruning.emptied, ElementsAre(0, 3));
}

TEST(ToPrune, HoldsBackAllGenerationsOfANodeThatMayStillRunOne) {
  const Pruning pruning = ToPrune(Rig(3), 2, {{"s1", "s1 is up and may still run it"}});
  EXPECT_THAT(pruning.remove, ElementsAre(NodeGeneration{"s0", 0}, NodeGeneration{"s0", 1}));
  EXPECT_THAT(pruning.held, ElementsAre(Held{{"s1", 0}, "s1 is up and may still run it"},
                                        Held{{"s1", 1}, "s1 is up and may still run it"}));
  EXPECT_THAT(pruning.emptied, IsEmpty());
}

TEST(ToPrune, TreatsANodeThatTheSpecNoLongerHasLikeAnyOther) {
  Store store = Rig(3);
  store.generations[0].nodes.insert("gone");
  store.generations[1].nodes.insert("gone");
  const Pruning pruning = ToPrune(store, 1, {});
  EXPECT_THAT(pruning.remove, ElementsAre(NodeGeneration{"gone", 0}, NodeGeneration{"s0", 0},
                                          NodeGeneration{"s1", 0}, NodeGeneration{"s0", 1},
                                          NodeGeneration{"s1", 1}));
  EXPECT_THAT(pruning.emptied, ElementsAre(0)) << "its latest root stays, and 1 with it";
}

TEST(ToPrune, EmptiesUnfinishedGenerationsWhateverIsInThem) {
  Store store = Rig(1);
  AddUnfinished(store, 2, {"s0"});
  AddUnfinished(store, 3, {});
  const Pruning pruning = ToPrune(store, 5, {{"s0", "s0 is up"}});
  EXPECT_THAT(pruning.emptied, ElementsAre(2, 3));
  EXPECT_THAT(pruning.remove, IsEmpty());
  EXPECT_THAT(pruning.held, IsEmpty());
}

TEST(ToPrune, LeavesAnUnfinishedGenerationThatAPointerNames) {
  Store store = Rig(1);
  AddUnfinished(store, 2, {"s0"});
  store.current["s0"] = 2;
  EXPECT_THAT(ToPrune(store, 1, {}).emptied, IsEmpty());
}

TEST(ToPrune, FinishesAnEarlierPruningThatGotNoFurtherThanTheRoots) {
  Store store = Rig(3);
  store.generations[1].nodes.clear();
  EXPECT_THAT(ToPrune(store, 5, {}).emptied, ElementsAre(1));
}

TEST(ToPrune, LeavesTheLatestNumberTakenWhenNoRootOfItIsLeft) {
  Store store = Rig(2);
  Add(store, 3, {});
  EXPECT_THAT(ToPrune(store, 5, {}).emptied, IsEmpty());
}

TEST(ToPrune, HasNothingToDoInAnEmptyStore) { EXPECT_EQ(ToPrune({}, 5, {}), Pruning{}); }

}  // namespace
}  // namespace zprov::generations
