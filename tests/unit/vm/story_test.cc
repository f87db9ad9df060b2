// Logs of several machines, laid side by side by time.
#include "vm/cluster/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "vm/cable/stamp.h"
#include "vm/cluster/artifacts.h"

namespace zprov::vm {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// 2026-11-28T15:41:37Z
constexpr seconds kWhen{1'795'880'497};

TEST(Stamps, AreJournalctlsShortIsoPrecise) {
  EXPECT_EQ(Stamp(kWhen + microseconds(123)), "2026-11-28T15:41:37.000123+0000");
  EXPECT_EQ(StampOf("2026-11-28T15:41:37.000123+0000 text"), kWhen + microseconds(123));
  EXPECT_EQ(StampOf("text"), std::nullopt);
  EXPECT_EQ(StampOf(""), std::nullopt);
}

TEST(Stamps, AreInFrontOfEachLineHoweverItComes) {
  StampedLines lines;
  std::string log = lines.Add("one\r\ntw", kWhen);
  log += lines.Add("o\r\n", kWhen + seconds(1));
  log += lines.Add("three", kWhen + seconds(2));
  EXPECT_EQ(log,
            "2026-11-28T15:41:37.000000+0000 one\n"
            "2026-11-28T15:41:37.000000+0000 two\n"
            "2026-11-28T15:41:39.000000+0000 three");
}

TEST(Story, TellsTheLinesOfAllLogsByTime) {
  EXPECT_EQ(MergedByTime({{"host",
                           "2026-11-28T15:41:37.000000+0000 begins\n"
                           "and goes on\n"
                           "2026-11-28T15:41:39.000000+0000 ends\n"},
                          {"zero1 cable", "2026-11-28T15:41:38.000000+0000 power off\n"}}),
            "15:41:37.000000  host        | begins\n"
            "15:41:37.000000  host        | and goes on\n"
            "15:41:38.000000  zero1 cable | power off\n"
            "15:41:39.000000  host        | ends\n");
}

TEST(Story, PlacesAConsoleByItsKernelsClock) {
  EXPECT_EQ(MergedByTime({{"console",
                           "SeaBIOS\r\n"
                           "[    1.500000] Linux version 6.1\r\n"
                           "[  OK  ] Reached target\r\n",
                           kWhen},
                          {"cable", "2026-11-28T15:41:38.000000+0000 shows\n"}}),
            "15:41:37.000000  console | SeaBIOS\n"
            "15:41:38.000000  cable   | shows\n"
            "15:41:38.500000  console | [    1.500000] Linux version 6.1\n"
            "15:41:38.500000  console | [  OK  ] Reached target\n");
}

class Artifacts : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(directory); }
  void Put(const std::string& file, const std::string& text) {
    const auto path = std::filesystem::path(directory) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string Get(const std::string& path) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }

  std::string directory = "/tmp/zprov-artifacts-XXXXXX";
};

TEST_F(Artifacts, AreLogsAndCapturesAndOnePageButNothingThatMachinesBootFrom) {
  Put("rig/operator.log", "2026-11-28T15:41:37.000000+0000 the B+ has power\n");
  Put("rig/console.log", "[    1.000000] Linux\n");
  Put("rig/zero1/cable.log", "2026-11-28T15:41:37.500000+0000 shows\n");
  Put("rig/zero1/network.pcap", "frames");
  Put("rig/zero1/kernel.img", "large");
  Put("rig/generations.txt", "1\n");
  const std::string kept = directory + "/kept";
  Put("kept/from.log", "an earlier failure");
  const auto page = KeepArtifacts(directory + "/rig", kept);
  ASSERT_TRUE(page.has_value()) << page.error().message;
  EXPECT_EQ(Get(*page),
            "15:41:37.000000  operator    | the B+ has power\n"
            "15:41:37.500000  zero1 cable | shows\n"
            "15:41:38.000000  console     | [    1.000000] Linux\n");
  EXPECT_EQ(Get(kept + "/zero1/network.pcap"), "frames");
  EXPECT_EQ(Get(kept + "/generations.txt"), "1\n");
  EXPECT_FALSE(std::filesystem::exists(kept + "/zero1/kernel.img"));
  EXPECT_FALSE(std::filesystem::exists(kept + "/from.log"));
}

}  // namespace
}  // namespace zprov::vm
