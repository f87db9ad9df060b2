// The boot ROM on the wire, transfer by transfer. What a whole board makes of it: zero_test.cc.
#include "sim/zero/boot_rom.h"

#include <gmock/gmock.h>

namespace zprov::sim::zero {
namespace {

using Kind = UsbReply::Kind;

os::ControlOut Announced(uint16_t length) { return {0x40, 0, length, 0}; }
constexpr os::ControlIn kStatus{0xc0, 0, 4, 0, 4};

// A ROM that was sent a first stage of four bytes, which it takes when they are "good".
struct Sent {
  explicit Sent(BootRom::Mood mood, const std::string& file = "good")
      : rom(mood, {[](const std::string& bytes) { return bytes == "good"; }, [] {}}) {
    rom.OnControlOut(Announced(24));
    rom.OnBulkOut(1, std::string(24, '\0'));
    rom.OnControlOut(Announced(4));
    rom.OnBulkOut(1, file);
  }
  BootRom rom;
};

TEST(BootRom, SaysZeroOfAFileThatItTakes) {
  const UsbReply reply = Sent(BootRom::Mood::kWell).rom.OnControlIn(kStatus);
  EXPECT_EQ(reply.kind, Kind::kTaken);
  EXPECT_EQ(reply.bytes, std::string(4, '\0'));
}

TEST(BootRom, SaysAnythingElseOfAFileThatItDoesNotTake) {
  const UsbReply reply = Sent(BootRom::Mood::kWell, "bad!").rom.OnControlIn(kStatus);
  EXPECT_EQ(reply.kind, Kind::kTaken);
  EXPECT_NE(reply.bytes, std::string(4, '\0'));
}

TEST(BootRom, MayHaveLeftBeforeItsStatusIsRead) {
  EXPECT_EQ(Sent(BootRom::Mood::kLeavesBeforeStatus).rom.OnControlIn(kStatus).kind, Kind::kNever);
}

TEST(BootRom, AnswersNothingAtAllWhenItIsDeaf) {
  BootRom rom(BootRom::Mood::kDeaf, {[](const std::string&) { return true; }, [] {}});
  EXPECT_EQ(rom.OnControlOut(Announced(24)).kind, Kind::kNever);
  EXPECT_EQ(rom.OnBulkOut(1, "x").kind, Kind::kNever);
  EXPECT_EQ(rom.OnControlIn(kStatus).kind, Kind::kNever);
}

}  // namespace
}  // namespace zprov::sim::zero
