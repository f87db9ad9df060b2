// Where things lie below a store, and the text of a pointer there and back.
#include "core/generations/layout.h"

#include <gtest/gtest.h>

#include "core/spec/cluster_spec.h"

namespace zprov::generations {
namespace {

TEST(GenerationLayout, LiesBelowTheStoreOfTheSpec) {
  spec::ClusterSpec spec;
  spec.storage.store = "/srv/x";
  EXPECT_EQ(StateDirectory(spec), "/srv/x/.zprov");
  EXPECT_EQ(GenerationsDirectory(spec), "/srv/x/.zprov/gen");
  EXPECT_EQ(Directory(spec, 8), "/srv/x/.zprov/gen/8");
  EXPECT_EQ(BasePath(spec, 8), "/srv/x/.zprov/gen/8/base");
  EXPECT_EQ(BootPath(spec, 8), "/srv/x/.zprov/gen/8/boot");
  EXPECT_EQ(RecordPath(spec, 8), "/srv/x/.zprov/gen/8/record.json");
  EXPECT_EQ(NodePath(spec, 8, "s0"), "/srv/x/.zprov/gen/8/s0");
  EXPECT_EQ(RootOf(spec, 8, "s0"), "/srv/x/.zprov/gen/8/s0/root");
  EXPECT_EQ(BootOf(spec, 8, "s0"), "/srv/x/.zprov/gen/8/s0/boot");
  EXPECT_EQ(CurrentDirectory(spec), "/srv/x/.zprov/current");
  EXPECT_EQ(CurrentPath(spec, "s0"), "/srv/x/.zprov/current/s0");
  EXPECT_EQ(IdentityPath(spec, "s0"), "/srv/x/.zprov/identity/s0");
  EXPECT_EQ(RunPath(spec), "/srv/x/.zprov/run.json");
  EXPECT_EQ(StablePath(spec, "s0"), "/srv/x/s0");
}

TEST(GenerationLayout, TakesOnlyWhatItWouldWriteForANumber) {
  EXPECT_EQ(NumberOf("0"), 0);
  EXPECT_EQ(NumberOf("8"), 8);
  EXPECT_EQ(NumberOf("2147483646"), 2147483646);
  for (const char* name : {"", "08", "00", "-1", "+1", " 1", "1 ", "8.tmp", "base", "2147483647",
                           "99999999999999999999"}) {
    EXPECT_EQ(NumberOf(name), std::nullopt) << name;
  }
}

TEST(GenerationLayout, ReadsBackThePointerItWrites) {
  EXPECT_EQ(PointerText(8, "s0"), "../gen/8/s0");
  for (const int number : {0, 1, 8, 4711}) {
    EXPECT_EQ(NumberInPointer(PointerText(number, "s0"), "s0"), number);
  }
}

TEST(GenerationLayout, TakesNoPointerThatItWouldNotWrite) {
  for (const char* text : {"", "../gen/8/s1", "../gen/8/s0/", "../gen/08/s0", "../gen/8/s0/root",
                           "gen/8/s0", "/x/.zprov/gen/8/s0", "../gen//s0", "../../gen/8/s0"}) {
    EXPECT_EQ(NumberInPointer(text, "s0"), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace zprov::generations
