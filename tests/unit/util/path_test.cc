#include "util/path.h"

#include <gtest/gtest.h>

namespace zprov {
namespace {

TEST(Path, RelativeTargetMeansTheSamePlaceFromTheLinksDirectory) {
  EXPECT_EQ(RelativeTarget("/home", "/x/snaa"), "x/snaa");
  EXPECT_EQ(RelativeTarget("/x/s0", "/x/.zprov/current/s0/root"), ".zprov/current/s0/root");
  EXPECT_EQ(RelativeTarget("/x/.zprov/gen/0/s0/root", "/x/s0"), "../../../../s0");
  EXPECT_EQ(RelativeTarget("/x/a", "/x"), ".");
  EXPECT_EQ(RelativeTarget("/a/b", "/"), "..");
}

TEST(Path, IsBelowComparesWholeComponents) {
  EXPECT_TRUE(IsBelow("/x/s0", "/x"));
  EXPECT_TRUE(IsBelow("/x", "/x"));
  EXPECT_TRUE(IsBelow("/x", "/"));
  EXPECT_FALSE(IsBelow("/x10", "/x1"));
  EXPECT_FALSE(IsBelow("/", "/x"));
}

TEST(Path, OnlyPathsWithoutDetoursAreNormal) {
  for (const char* good : {"/", "/x", "/x/s0", "/.home"}) EXPECT_TRUE(IsNormalPath(good)) << good;
  for (const char* bad : {"", "x", "/x/", "//x", "/x/../y", "/./x", "/.."}) {
    EXPECT_FALSE(IsNormalPath(bad)) << bad;
  }
}

TEST(Path, JoinParentAndNameAgree) {
  EXPECT_EQ(JoinPath("/", "x"), "/x");
  EXPECT_EQ(JoinPath("/x", "/s0"), "/x/s0");
  EXPECT_EQ(ParentOf("/x/s0"), "/x");
  EXPECT_EQ(ParentOf("/x"), "/");
  EXPECT_EQ(NameOf("/x/s0"), "s0");
}

}  // namespace
}  // namespace zprov
