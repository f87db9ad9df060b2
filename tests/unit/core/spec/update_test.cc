// What a node's next root takes over, and how many roots pruning leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/spec/parse.h"
#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Keeping(const std::string& list) {
  return TwoNodesAnd("[update]\nkeep = [" + list + "]\n");
}

TEST(SpecUpdate, KeepsNothingUnlessToldTo) {
  EXPECT_THAT(ParseSpec(kTwoNodes).spec->update_keep, IsEmpty());
}

TEST(SpecUpdate, KeepsPlacesInTheOrderTheyAreWritten) {
  const ParsedSpec parsed = ParseSpec(Keeping("\"/var/lib/my app\", \"/etc/ssh.d\", \"/a\""));
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(parsed.spec->update_keep, ElementsAre("/var/lib/my app", "/etc/ssh.d", "/a"));
}

TEST(SpecUpdate, WantsAbsolutePlainPathsInARoot) {
  EXPECT_THAT(
      Said(Keeping("\"var/lib\"")),
      ElementsAre("6: update.keep has \"var/lib\", which is not absolute: begin it with /"));
  EXPECT_THAT(Said(Keeping("\"/\"")), ElementsAre("6: update.keep has \"/\", which is the whole "
                                                  "root: name a place in it"));
  for (const char* bad : {"\"\"", "\"/var/\"", "\"/var/../etc\"", "\"/var//lib\"", "\"/./var\""}) {
    EXPECT_THAT(Said(Keeping(bad)), ElementsAre(StartsWith("6: update.keep has "))) << bad;
  }
}

TEST(SpecUpdate, RefusesWhatZprovMakesForEveryRoot) {
  for (const char* path :
       {"/etc/fstab", "/etc/hostname", "/etc/hosts", "/etc/machine-id", "/etc/ssh"}) {
    EXPECT_THAT(Said(Keeping("\"" + std::string(path) + "\"")),
                ElementsAre("6: update.keep has \"" + std::string(path) +
                            "\", which zprov makes itself for every root: take it out"));
  }
  EXPECT_THAT(Said(Keeping("\"/etc/ssh/sshd_config\"")),
              ElementsAre(HasSubstr("part of /etc/ssh, which zprov makes itself")));
  EXPECT_THAT(Said(Keeping("\"/etc\"")),
              ElementsAre("6: update.keep has \"/etc\", which holds /etc/fstab, which zprov makes "
                          "itself for every root: name what is to be kept below it"));
}

TEST(SpecUpdate, RefusesWhatIsNoPartOfARoot) {
  EXPECT_THAT(Said(Keeping("\"/run/app\"")),
              ElementsAre(HasSubstr("part of /run, which the kernel fills")));
  EXPECT_THAT(Said(Keeping("\"/x/scratch\"")),
              ElementsAre(HasSubstr("part of /x, the host's store, which no root holds")));
  EXPECT_THAT(Said(Keeping("\"/home/pi\"")),
              ElementsAre(HasSubstr("part of /home, the home directories, which all nodes share")));
  EXPECT_THAT(Said(Keeping("\"/homes\"") + "[storage]\nhome = \"/homes\"\n"),
              ElementsAre(HasSubstr("\"/homes\", the home directories, which all nodes share")));
}

TEST(SpecUpdate, HasEachPathOnceAndNoneInsideAnother) {
  EXPECT_THAT(Said(Keeping("\"/a\", \"/a\"")),
              ElementsAre("6: update.keep has \"/a\" twice: take one out"));
  EXPECT_THAT(Said(Keeping("\"/a/b/c\",\n\"/a-b\",\n\"/a\"")),
              ElementsAre("6: update.keep has \"/a/b/c\", which comes with \"/a\" already: take it "
                          "out"));
}

TEST(SpecUpdate, SaysNothingMoreOfAStorageThatIsWrongItself) {
  EXPECT_THAT(Said(Keeping("\"/a\"") + "[storage]\nstore = \"x\"\n"),
              ElementsAre(StartsWith("8: storage.store \"x\" is not absolute")));
}

TEST(SpecPrune, LeavesFiveUnlessToldOtherwise) {
  EXPECT_EQ(ParseSpec(kTwoNodes).spec->prune_keep, 5);
  EXPECT_EQ(ParseSpec(TwoNodesAnd("[prune]\nkeep = 1\n")).spec->prune_keep, 1);
  EXPECT_EQ(ParseSpec(TwoNodesAnd("[prune]\nkeep = 1000\n")).spec->prune_keep, 1000);
}

TEST(SpecPrune, LeavesAtLeastOneAndNoEndlessNumber) {
  for (const char* bad : {"0", "-1", "1001", "9223372036854775807"}) {
    EXPECT_THAT(
        Said(TwoNodesAnd("[prune]\nkeep = " + std::string(bad) + "\n")),
        ElementsAre("6: prune.keep = " + std::string(bad) + " is out of range: choose 1 to 1000"));
  }
  EXPECT_THAT(Said(TwoNodesAnd("[prune]\nkeep = \"5\"\n")),
              ElementsAre("6: prune.keep is a text: write a whole number without quotes"));
}

}  // namespace
}  // namespace zprov::spec
