#include "cli/update_text.h"

#include <gmock/gmock.h>

namespace zprov::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(UpdateText, ShowsWhoGotWhatWhoWaitsForAReboot) {
  const engine::Updated updated{.number = 8,
                                .kernel = "6.1.21+",
                                .moved = {{"s0", 7, 8}, {"s1", 7, 8}, {"s3", -1, 8}},
                                .skipped = {"s2 is up (its link usb0 answers)"},
                                .at_next_boot = {"s1", "s3"},
                                .pruned = {{"s0", 1}, {"s1", 1}, {"s0", 2}}};
  EXPECT_EQ(UpdateText(updated),
            "NODE  WAS  NOW\n"
            "s0    7    8\n"
            "s1    7    8\n"
            "s3    -    8\n"
            "skipped: s2 is up (its link usb0 answers)\n"
            "pruned 3 old roots of generations 1, 2\n"
            "s1, s3 keep running their old generation until they reboot\n"
            "generation 8 made for 3 nodes, kernel 6.1.21+\n");
}

TEST(UpdateText, OfOneNodeIsInTheSingular) {
  const engine::Updated updated{
      .number = 2, .kernel = "6.1.21+", .moved = {{"s0", 1, 2}}, .at_next_boot = {"s0"}};
  EXPECT_EQ(UpdateText(updated),
            "NODE  WAS  NOW\n"
            "s0    1    2\n"
            "s0 keeps running its old generation until it reboots\n"
            "generation 2 made for 1 node, kernel 6.1.21+\n");
}

TEST(UpdateText, OfFiftyRunningNodesHasARowForEachAndNamesThemAllInOneWord) {
  engine::Updated updated{.number = 2, .kernel = "6.1.21+"};
  for (int i = 0; i < 50; ++i) {
    const std::string name = "s" + std::to_string(i);
    updated.moved.push_back({name, 1, 2});
    updated.at_next_boot.push_back(name);
  }
  const std::string text = UpdateText(updated);
  EXPECT_THAT(text, HasSubstr("\ns49   1    2\n"));
  EXPECT_THAT(text, EndsWith("all 50 nodes keep running their old generation until they reboot\n"
                             "generation 2 made for 50 nodes, kernel 6.1.21+\n"));
}

TEST(UpdateText, SaysThatNothingChanged) {
  EXPECT_EQ(UpdateText({}), "nothing to do: the content is what the nodes have already\n");
}

TEST(UpdateText, OfNobodyLeftToUpdateNamesTheSkipped) {
  EXPECT_EQ(UpdateText({.skipped = {"s0 is hung (no answer)", "s1 is up (its link usb0 answers)"}}),
            "skipped: s0 is hung (no answer)\n"
            "skipped: s1 is up (its link usb0 answers)\n"
            "no generation was made\n");
}

TEST(RollbackText, SumsUpInOneLineWhenAllWentTheSameWay) {
  EXPECT_EQ(RollbackText({.moved = {{"s0", 2, 1}, {"s1", 2, 1}}, .at_next_boot = {"s1"}}),
            "NODE  WAS  NOW\n"
            "s0    2    1\n"
            "s1    2    1\n"
            "s1 keeps running its present generation until it reboots\n"
            "2 nodes back from generation 2 to 1\n");
}

TEST(RollbackText, OfNodesWithDifferentPastsLeavesTheNumbersToTheTable) {
  EXPECT_THAT(
      RollbackText({.moved = {{"s0", 2, 1}, {"s1", 2, 0}}}),
      AllOf(HasSubstr("\ns1    2    0\n"), EndsWith("\n2 nodes back to the generation before\n")));
}

TEST(RollbackText, OfNoNodeAtAllSaysSo) {
  EXPECT_EQ(RollbackText({}), "nothing to do: no node has a generation to go back from\n");
}

TEST(PruneText, SaysWhatWentWhatStaysWhyAndHowToFreeIt) {
  const generations::Pruning pruning{.remove = {{"s0", 1}, {"s1", 1}, {"s0", 2}},
                                     .held = {{{"s3", 1}, "s3 is up and may still run it"},
                                              {{"s3", 2}, "s3 is up and may still run it"}},
                                     .emptied = {3}};
  EXPECT_EQ(PruneText(pruning),
            "removed from generation 1: s0, s1\n"
            "removed from generation 2: s0\n"
            "removed generation 3: unfinished or empty\n"
            "held generations 1, 2 of s3: s3 is up and may still run it\n"
            "to free them: shut s3 down and prune again; --assume-down NODE if you know that it is "
            "off\n"
            "3 roots removed, 2 held\n");
}

TEST(PruneText, OfAGenerationWithoutARestSaysThatItIsGone) {
  const std::string text = PruneText({.remove = {{"s0", 1}}, .held = {}, .emptied = {1}});
  EXPECT_EQ(text, "removed generation 1: s0\n1 root removed\n");
}

TEST(PruneText, SumsUpWhatThereWas) {
  EXPECT_EQ(PruneText({.remove = {}, .held = {}, .emptied = {3}}),
            "removed generation 3: unfinished or empty\n1 generation removed\n");
  EXPECT_THAT(PruneText({.remove = {}, .held = {{{"s0", 1}, "s0 is up"}}, .emptied = {}}),
              EndsWith("\nnothing removed, 1 held\n"));
}

TEST(PruneText, OfNothingSaysSo) { EXPECT_EQ(PruneText({}), "nothing to remove\n"); }

TEST(PruneText, DoesNotPassOnWhatWouldSteerATerminal) {
  EXPECT_THAT(PruneText({.remove = {}, .held = {{{"s0", 1}, "up \x1b[2J"}}, .emptied = {}}),
              Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace zprov::cli
