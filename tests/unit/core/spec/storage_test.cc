// Where the store and its neighbours may lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> SaidOf(const std::string& storage) {
  return Said(TwoNodesAnd("[storage]\n" + storage + "\n"));
}

TEST(SpecPaths, AreAbsolutePlainAndNormal) {
  for (const char* key : {"store", "source", "home", "boot", "proto"}) {
    for (const char* bad : {"", "x", "./x", "/x/", "/x//y", "/x/../y", "/x/./y", "/a b", "/a#b",
                            "/a\\\"b", "/a(b", "/a,b", "/a:b", "/ä", "/a*"}) {
      EXPECT_THAT(SaidOf(std::string(key) + " = \"" + bad + "\""),
                  Contains(StartsWith("6: storage." + std::string(key) + " \"")))
          << key << " " << bad;
    }
  }
  EXPECT_THAT(SaidOf("store = \"x\""),
              ElementsAre("6: storage.store \"x\" is not absolute: begin it with /"));
}

TEST(SpecStore, IsADirectoryOfItsOwn) {
  EXPECT_THAT(SaidOf("store = \"/\"\nsource = \"/base\""),
              ElementsAre(StartsWith("6: storage.store is / itself")));
  EXPECT_THAT(SaidOf("store = \"/home/x\""),
              ElementsAre(HasSubstr("lies in the home directories")));
  EXPECT_THAT(SaidOf("source = \"/x\""),
              ElementsAre(StartsWith("6: storage.store and storage.source")));
}

TEST(SpecHome, LiesOutsideOfEveryRootAndOfHomeItself) {
  EXPECT_THAT(SaidOf("home = \"/x/s1\""),
              ElementsAre(StartsWith("6: storage.home \"/x/s1\" lies in the root of node s1")));
  EXPECT_THAT(
      SaidOf("home = \"/x/s0/home\""),
      ElementsAre(StartsWith("6: storage.home \"/x/s0/home\" lies in the root of node s0")));
  EXPECT_THAT(SaidOf("home = \"/x/s10\""), IsEmpty());
  EXPECT_THAT(SaidOf("home = \"/y/s1\""), IsEmpty());
  EXPECT_THAT(SaidOf("home = \"/x/.zprov/home\""), ElementsAre(HasSubstr("zprov's own directory")));
  EXPECT_THAT(SaidOf("home = \"/home\""),
              ElementsAre(StartsWith("6: storage.home \"/home\" lies in")));
  EXPECT_THAT(SaidOf("home = \"/home/all\""), ElementsAre(StartsWith("6: storage.home")));
  EXPECT_THAT(SaidOf("home = \"/homes\""), IsEmpty());
}

TEST(SpecHome, HoldsNothingThatNodesMayNotWrite) {
  EXPECT_THAT(SaidOf("home = \"/x\""),
              Contains(AllOf(StartsWith("6: storage.store and storage.home"))));
  EXPECT_THAT(
      SaidOf("home = \"/x/snaa\"\nboot = \"/x/snaa/boot\""),
      ElementsAre(StartsWith("7: storage.boot \"/x/snaa/boot\" lies in the home directories")));
  EXPECT_THAT(SaidOf("home = \"/data\"\nstore = \"/data/x\""),
              ElementsAre(StartsWith("7: storage.store \"/data/x\" lies in the home directories")));
  EXPECT_THAT(SaidOf("source = \"/base\"\nhome = \"/\""),
              ElementsAre(StartsWith("7: storage.home is / itself")));
}

TEST(SpecPaths, AreDistinctAndOutsideOfRoots) {
  EXPECT_THAT(SaidOf("boot = \"/x/b\"\nproto = \"/x/b\""),
              ElementsAre(StartsWith("7: storage.boot and storage.proto are both \"/x/b\"")));
  EXPECT_THAT(SaidOf("boot = \"/x/s0/boot\"\nproto = \"/x/s1\"\nsource = \"/x/.zprov\""),
              ElementsAre(StartsWith("6: storage.boot \"/x/s0/boot\" lies in the root of node s0"),
                          StartsWith("7: storage.proto \"/x/s1\" lies in the root of node s1"),
                          StartsWith("8: storage.source \"/x/.zprov\" lies in /x/.zprov")));
}

TEST(SpecPaths, ANodeCannotBeCalledAsTheHomeSubvolumeIs) {
  EXPECT_THAT(
      Said(TwoNodesAnd("[[node]]\nname = \"snaa\"\naddress = \"192.168.7.9\"\nusb = \"1-4\"\n")),
      ElementsAre(HasSubstr("storage.home \"/x/snaa\" lies in the root of node snaa")));
}

}  // namespace
}  // namespace zprov::spec
