// That code in the middle of what it does waits until it is given the turn again.
#include "sim/run/turn.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace zprov::run {
namespace {

// Words in the order in which they were said.
using Said = std::vector<std::string>;

TEST(Turn, GoesOnWhereItWasGivenAway) {
  Said said;
  Turn conductor;
  Turn other([&]() -> Turn& {
    said.push_back("begins");
    other.GiveTo(conductor);
    said.push_back("goes on");
    return conductor;
  });
  said.push_back("nothing ran yet");
  conductor.GiveTo(other);
  said.push_back("back");
  conductor.GiveTo(other);
  said.push_back("it ended");
  EXPECT_EQ(said, (Said{"nothing ran yet", "begins", "back", "goes on", "it ended"}));
}

TEST(Turn, IsPassedOnAmongThoseWhoWereGivenItWithoutTheFirst) {
  Said said;
  Turn conductor;
  std::unique_ptr<Turn> second;
  Turn first([&]() -> Turn& {
    said.push_back("first");
    first.GiveTo(*second);
    said.push_back("first again");
    return *second;
  });
  second = std::make_unique<Turn>([&]() -> Turn& {
    said.push_back("second");
    second->GiveTo(first);
    said.push_back("second again");
    return conductor;
  });
  conductor.GiveTo(first);
  EXPECT_EQ(said, (Said{"first", "second", "first again", "second again"}));
}

TEST(Turn, AnExceptionThatIsCaughtWhereItWasThrownHarmsNobodyElse) {
  Said said;
  Turn conductor;
  Turn other([&]() -> Turn& {
    for (const char* what : {"one", "two"}) {
      try {
        other.GiveTo(conductor);
        throw std::runtime_error(what);
      } catch (const std::runtime_error& error) {
        said.push_back(error.what());
      }
    }
    return conductor;
  });
  conductor.GiveTo(other);
  conductor.GiveTo(other);
  try {
    throw std::runtime_error("the conductor's own");
  } catch (const std::runtime_error& error) {
    said.push_back(error.what());
  }
  conductor.GiveTo(other);
  EXPECT_EQ(said, (Said{"one", "the conductor's own", "two"}));
}

TEST(Turn, ChangesHandsAsOftenAsAnybodyLikes) {
  constexpr int kRounds = 10'000;
  int rounds = 0;
  Turn conductor;
  Turn other([&]() -> Turn& {
    while (rounds < kRounds) other.GiveTo(conductor);
    return conductor;
  });
  for (; rounds < kRounds; ++rounds) conductor.GiveTo(other);
  conductor.GiveTo(other);
  EXPECT_EQ(rounds, kRounds);
}

#if defined(__SANITIZE_ADDRESS__)
// The kernel gives the next stack the place of the one that went.
TEST(Turn, FindsNoMarksOfAnotherStackThatWasInItsPlace) {
  constexpr size_t kRoom = 8192;  // bytes below whoever runs
  Turn conductor;
  {
    Turn leaves_marks([&]() -> Turn& {
      const auto* const here = static_cast<const char*>(__builtin_frame_address(0));
      __asan_poison_memory_region(here - 2 * kRoom, kRoom);
      return conductor;
    });
    conductor.GiveTo(leaves_marks);
  }
  size_t written = 0;
  Turn uses_it([&]() -> Turn& {
    volatile char room[2 * kRoom];
    for (volatile char& one : room) one = 1, ++written;
    return conductor;
  });
  conductor.GiveTo(uses_it);
  EXPECT_EQ(written, 2 * kRoom);
}
#endif

}  // namespace
}  // namespace zprov::run
