#include "util/strings.h"

#include <gmock/gmock.h>

namespace zprov {
namespace {

using ::testing::ElementsAre;

TEST(Strings, WordsDropsAllBlanks) {
  EXPECT_THAT(Words("  denyinterfaces\tusb0  s0\r\n"), ElementsAre("denyinterfaces", "usb0", "s0"));
  EXPECT_TRUE(Words(" \n").empty());
}

TEST(Strings, LinesKeepTheirEndings) {
  EXPECT_THAT(LinesWithEndings("a\r\n\nb"), ElementsAre("a\r\n", "\n", "b"));
  EXPECT_TRUE(LinesWithEndings("").empty());
}

TEST(Strings, SplitAndJoinAreInverse) {
  EXPECT_THAT(Split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_EQ(Join(std::vector<std::string>{"a", "", "b"}, ","), "a,,b");
  EXPECT_EQ(Join(std::vector<std::string>{"", "a"}, ","), ",a");
}

TEST(Strings, ParseNumberTakesWholeNumbersOnly) {
  EXPECT_EQ(ParseNumber("7418", 65535), 7418UL);
  for (const char* bad : {"", "-1", "+1", "1 ", "65536", "99999999999999999999999"}) {
    EXPECT_EQ(ParseNumber(bad, 65535), std::nullopt) << bad;
  }
}

TEST(Strings, NearestFindsTheSlipOfAFinger) {
  const std::vector<std::string> keys = {"address", "mtu", "name"};
  EXPECT_EQ(Nearest("adress", keys), "address");
  EXPECT_EQ(Nearest("mut", keys), std::nullopt);
  EXPECT_EQ(Nearest("colour", keys), std::nullopt);
}

}  // namespace
}  // namespace zprov
