// The codec: control words, the boot message, and requests as a board may send them.
#include "core/usbboot/wire.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "core/usbboot/stage.h"

namespace zprov::usbboot {
namespace {

using std::string_literals::operator""s;

// A request as a board sends it: what does not fill the name's field is zero.
std::string Bytes(uint32_t command, const std::string& name) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>((command >> (8 * i)) & 0xff);
  bytes += name;
  bytes.resize(260, '\0');
  return bytes;
}

std::optional<Oddity> OddityOf(const std::string& bytes) {
  const Request request = ParseRequest(bytes);
  const auto* odd = std::get_if<OddRequest>(&request);
  if (odd == nullptr) return std::nullopt;
  return odd->why;
}

TEST(UsbBootWire, SplitsALengthIntoValueAndIndex) {
  EXPECT_EQ(WriteWords(0x00123456), (ControlWords{0x40, 0, 0x3456, 0x0012, 0}));
  EXPECT_EQ(WriteWords(0), (ControlWords{0x40, 0, 0, 0, 0}));
  EXPECT_EQ(ReadWords(260), (ControlWords{0xc0, 0, 260, 0, 260}));
}

TEST(UsbBootWire, AnnouncesTheFirstStageByItsLengthAndNoSignature) {
  const auto message = BootMessage(0x0000c5a8);
  EXPECT_EQ(std::string(message.data(), message.size()), "\xa8\xc5\0\0"s + std::string(20, '\0'));
}

TEST(UsbBootWire, ReadsEachCommandWithItsName) {
  EXPECT_EQ(ParseRequest(Bytes(0, "start.elf")), Request(SizeOf{"start.elf"}));
  EXPECT_EQ(ParseRequest(Bytes(1, "overlays/dwc2.dtbo")), Request(ContentOf{"overlays/dwc2.dtbo"}));
  EXPECT_EQ(ParseRequest(Bytes(2, "x")), Request(Done{}));
  for (const uint32_t command : {0U, 1U, 2U, 77U}) {
    EXPECT_EQ(ParseRequest(Bytes(command, "")), Request(NoMoreNames{})) << command;
  }
}

TEST(UsbBootWire, TakesNoByteBehindTheNamesZero) {
  EXPECT_EQ(ParseRequest(Bytes(0, "config.txt\0../etc/shadow"s)), Request(SizeOf{"config.txt"}));
}

TEST(UsbBootWire, TakesANameOf255BytesAndNoneWithoutAnEnd) {
  const std::string longest(255, 'n');
  EXPECT_EQ(ParseRequest(Bytes(0, longest)), Request(SizeOf{longest}));
  EXPECT_EQ(OddityOf(Bytes(0, longest + "n")), Oddity::kUnterminated);
}

TEST(UsbBootWire, NamesWhatIsOddAboutARequest) {
  EXPECT_EQ(OddityOf(""), Oddity::kShort);
  EXPECT_EQ(OddityOf(Bytes(0, "start.elf").substr(0, 259)), Oddity::kShort);
  EXPECT_EQ(OddityOf(Bytes(3, "start.elf")), Oddity::kUnknownCommand);
  EXPECT_EQ(OddityOf(Bytes(0xffffffff, "start.elf")), Oddity::kUnknownCommand);
  EXPECT_EQ(OddityOf(Bytes(0, "/etc/shadow")), Oddity::kAbsolute);
  EXPECT_EQ(OddityOf(Bytes(1, "../start.elf")), Oddity::kParent);
  EXPECT_EQ(OddityOf(Bytes(1, "overlays/../../x")), Oddity::kParent);
  EXPECT_EQ(OddityOf(Bytes(1, "..")), Oddity::kParent);
  EXPECT_EQ(OddityOf(Bytes(0, "overlays//x")), Oddity::kNotNormal);
  EXPECT_EQ(OddityOf(Bytes(0, "./x")), Oddity::kNotNormal);
  EXPECT_EQ(OddityOf(Bytes(0, "overlays/")), Oddity::kNotNormal);
  EXPECT_EQ(OddityOf(Bytes(0, "start\x1b[2J.elf")), Oddity::kUnprintable);
  EXPECT_EQ(OddityOf(Bytes(0, "start\xff.elf")), Oddity::kUnprintable);
  EXPECT_EQ(OddityOf(Bytes(0, "*SERIAL*1")), Oddity::kMetadata);
}

TEST(UsbBootWire, TakesTwoDotsInAFileNameForAFileName) {
  EXPECT_EQ(ParseRequest(Bytes(0, "a..b/..c")), Request(SizeOf{"a..b/..c"}));
}

TEST(UsbBootWire, ShowsAnOddNameWithoutItsUnprintableBytesAndNotAllOfIt) {
  EXPECT_EQ(ParseRequest(Bytes(0, "a\x07\x80z")),
            Request(OddRequest{Oddity::kUnprintable, "a??z"}));
  const Request endless = ParseRequest(Bytes(0, std::string(256, 'n')));
  EXPECT_LE(std::get<OddRequest>(endless).shown.size(), 64U);
}

TEST(UsbBootStage, TellsRomFromFileServerByTheSerialIndexNotByTheProduct) {
  const auto zero_rom = Identify(0x0a5c, 0x2763, 0);
  ASSERT_TRUE(zero_rom.has_value());
  EXPECT_EQ(zero_rom->stage, Stage::kRom);
  EXPECT_EQ(zero_rom->chip->first_stage, "bootcode.bin");
  EXPECT_EQ(Identify(0x0a5c, 0x2764, 0)->stage, Stage::kRom);         // a BCM2837's ROM
  EXPECT_EQ(Identify(0x0a5c, 0x2764, 1)->stage, Stage::kFileServer);  // a Zero's second stage
  EXPECT_EQ(Identify(0x0a5c, 0x2711, 3)->stage, Stage::kRom);
}

TEST(UsbBootStage, HasTheFirstStageAndDirectoryOfEachChip) {
  EXPECT_EQ(Identify(0x0a5c, 0x2764, 1)->chip->directory, "2710");
  EXPECT_EQ(Identify(0x0a5c, 0x2711, 3)->chip->first_stage, "bootcode4.bin");
  EXPECT_EQ(Identify(0x0a5c, 0x2711, 3)->chip->directory, "2711");
  EXPECT_EQ(Identify(0x0a5c, 0x2712, 3)->chip->first_stage, "bootcode5.bin");
  EXPECT_EQ(Identify(0x0a5c, 0x2712, 3)->chip->directory, "2712");
}

TEST(UsbBootStage, TakesNothingElseForABoard) {
  EXPECT_EQ(Identify(0x0525, 0xa4a2, 0), std::nullopt);
  EXPECT_EQ(Identify(0x0a5c, 0x0001, 0), std::nullopt);
  EXPECT_EQ(Identify(0x0525, 0x2763, 0), std::nullopt);
}

}  // namespace
}  // namespace zprov::usbboot
