// Recorded boots, replayed: the engine does the same as when they were recorded, byte for byte.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "adapters/usb_transcript.h"
#include "support/replayed_usb.h"
#include "transcripts/rig.h"

namespace zprov::transcripts {
namespace {

using engine::NodeState;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr os::Moment kForEver = std::chrono::hours(1);

std::string PathOf(size_t boards) {
  return ZPROV_SOURCE_DIR "/fixtures/usb/" +
         std::string(boards == 1 ? "one_board" : "five_boards") + ".transcript";
}

std::string Fixture(size_t boards) {
  std::ifstream file(PathOf(boards), std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// A fleet that meets what the transcript says.
struct Replay {
  Replay(size_t boards, const std::string& transcript)
      : rig(boards), bus(adapters::ParseTranscript(transcript).value(), rig.bus().events) {}

  void Run() {
    const Bus replayed{bus, bus, bus.clock()};
    engine::Fleet fleet(rig.With(replayed), rig.spec());
    (void)fleet.Begin();
    transcripts::Run(fleet, replayed, kForEver);
    views = fleet.Views();
  }

  Rig rig;
  test::ReplayedUsb bus;
  std::vector<engine::NodeView> views;
};

class Replayed : public ::testing::TestWithParam<size_t> {};

TEST_P(Replayed, AHealthyBootMeetsTheSameSubmitsInTheSameOrder) {
  Replay replay(GetParam(), Fixture(GetParam()));
  replay.Run();
  EXPECT_THAT(replay.bus.difference(), IsEmpty());
  EXPECT_TRUE(replay.bus.IsOver());
  ASSERT_EQ(replay.views.size(), GetParam());
  for (const engine::NodeView& view : replay.views) {
    EXPECT_EQ(view.state, NodeState::kGadget) << view.node << ": " << view.cause;
  }
}

TEST_P(Replayed, WhatIsRecordedNowIsReplayedTheSame) {
  const auto [transcript, recorded] = RecordBoot(GetParam());
  for (const engine::NodeView& view : recorded) {
    EXPECT_GE(view.state, NodeState::kGadget) << view.node << ": " << view.cause;
    EXPECT_EQ(view.failures, 0) << view.node << ": " << view.cause;
  }
  if (std::getenv("ZPROV_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(PathOf(GetParam()), std::ios::binary) << transcript;
    ADD_FAILURE() << PathOf(GetParam()) << " is written anew: read the diff";
  }
  Replay replay(GetParam(), transcript);
  replay.Run();
  EXPECT_THAT(replay.bus.difference(), IsEmpty());
  EXPECT_TRUE(replay.bus.IsOver());
}

INSTANTIATE_TEST_SUITE_P(Boards, Replayed, ::testing::Values(1U, 5U));

TEST(Replay, NamesTheLineWhereOneByteIsAnother) {
  Replay replay(1, Fixture(1));
  const std::string file = "/x/.zprov/gen/1/boot/kernel.img";
  std::string content = replay.rig.world().scene().Content(file);
  content[40'000] ^= 1;
  replay.rig.world().Put(file, content);
  replay.Run();
  EXPECT_FALSE(replay.bus.IsOver());
  EXPECT_THAT(replay.bus.difference(),
              AllOf(HasSubstr("line "), HasSubstr("done: submit "), HasSubstr("recorded: "),
                    HasSubstr("16384 bytes xxh3:")));
}

TEST(Replay, NamesTheCallThatIsNotMade) {
  Replay replay(1, Fixture(1) + "60.000000000 reset 7 = ok\n");
  replay.Run();
  EXPECT_THAT(replay.bus.difference(),
              HasSubstr("waited, where the recording does: 60.000000000 reset 7"));
}

}  // namespace
}  // namespace zprov::transcripts
