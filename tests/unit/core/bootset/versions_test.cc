// Which of two kernels is newer.
#include "core/bootset/versions.h"

#include <gtest/gtest.h>

#include <array>

namespace zprov::bootset {
namespace {

TEST(Versions, AreOrderedByTheirNumbers) {
  EXPECT_TRUE(IsOlder("6.1.0-9-rpi", "6.1.0-44-rpi"));
  EXPECT_FALSE(IsOlder("6.1.0-44-rpi", "6.1.0-9-rpi"));
  EXPECT_TRUE(IsOlder("5.10.103+", "6.1.21+"));
  EXPECT_TRUE(IsOlder("6.1.9+", "6.1.21+"));
  EXPECT_TRUE(IsOlder("6.6.31+rpt-rpi-v6", "6.12.3+rpt-rpi-v6"));
  EXPECT_TRUE(IsOlder("6.1", "6.1.1"));
}

TEST(Versions, HaveATildeBeforeTheEnd) {
  EXPECT_TRUE(IsOlder("6.1~rc3", "6.1"));
  EXPECT_TRUE(IsOlder("6.1~rc3", "6.1~rc10"));
  EXPECT_FALSE(IsOlder("6.1", "6.1~rc3"));
}

TEST(Versions, AreNeverOlderThanThemselves) {
  for (const char* version : {"", "6.1.21+", "6.1.0-44-rpi", "~", "007"})
    EXPECT_FALSE(IsOlder(version, version)) << version;
}

TEST(Versions, SpeltDifferentlyAreOrderedOneWayOnly) {
  constexpr std::array kVersions = {"6.01", "6.1", "6.001", "6.1+", "6.1-", "6.1a", "6.1~", "6"};
  for (const char* a : kVersions) {
    for (const char* b : kVersions) {
      if (std::string_view(a) == b) continue;
      EXPECT_NE(IsOlder(a, b), IsOlder(b, a)) << a << " and " << b;
    }
  }
}

TEST(Versions, WithNumbersBeyondAnyIntegerAreStillOrdered) {
  EXPECT_TRUE(IsOlder("6.99999999999999999999999999", "6.100000000000000000000000000"));
}

}  // namespace
}  // namespace zprov::bootset
