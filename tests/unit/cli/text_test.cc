#include "cli/text.h"

#include <gtest/gtest.h>

namespace zprov::cli {
namespace {

constexpr int64_t kInSecond = 1'000'000'000;  // nanoseconds
constexpr int64_t kHour = 3600 * kInSecond;

TEST(Text, OfANodesFileNameCannotSteerTheTerminal) {
  EXPECT_EQ(Printable("\x1b[2Jgone\n\x7f"), "\\x1b[2Jgone\\x0a\\x7f");
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "31m"),
            "a\\x9b31m");
  EXPECT_EQ(Printable("größe"), "größe");
}

TEST(Table, AlignsByCharactersNotBytesAndLeavesNoBlanksBehind) {
  EXPECT_EQ(Table({{"NODE", "SOURCE", "X"}, {"s0", "/größe", ""}, {"s1", "/", "y"}}),
            "NODE  SOURCE  X\n"
            "s0    /größe\n"
            "s1    /       y\n");
}

TEST(Table, CutsNothingOffHoweverWide) {
  const std::string wide(300, 'w');
  EXPECT_EQ(Table({{"a", "b"}, {wide, "c"}}), "a" + std::string(301, ' ') + "b\n" + wide + "  c\n");
}

TEST(Age, IsInTheLargestUnitThatAPersonWouldSay) {
  EXPECT_EQ(Age(0, 59 * kInSecond), "<1 min");
  EXPECT_EQ(Age(0, 60 * kInSecond), "1 min");
  EXPECT_EQ(Age(0, kHour - 1), "59 min");
  EXPECT_EQ(Age(0, 3 * kHour), "3 h");
  EXPECT_EQ(Age(0, 48 * kHour - 1), "47 h");
  EXPECT_EQ(Age(0, 50 * kHour), "2 d");
}

TEST(Age, OfWhatWasMadeLaterThanNowIsNotKnown) { EXPECT_EQ(Age(2 * kHour, kHour), "?"); }

TEST(Size, NeverReadsAsAThousandAndMoreOfAUnit) {
  EXPECT_EQ(Size(0), "0 B");
  EXPECT_EQ(Size(999), "999 B");
  EXPECT_EQ(Size(1000), "1.0 kB");
  EXPECT_EQ(Size(999'999), "1.0 MB");
  EXPECT_EQ(Size(3'400'000), "3.4 MB");
}

TEST(Time, IsUtcToTheSecond) {
  EXPECT_EQ(UtcTime(1672628645 * kInSecond + 5), "2023-01-02 03:04:05 UTC");
  EXPECT_EQ(RfcTime(1672628645 * kInSecond + 5), "2023-01-02T03:04:05Z");
}

}  // namespace
}  // namespace zprov::cli
