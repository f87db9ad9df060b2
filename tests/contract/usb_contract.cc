// What os::UsbBus promises, for the simulator and for libusb in front of a mocked bus alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/usb_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using os::UsbDevice;
using testing::ElementsAre;
using testing::IsEmpty;

// Not a board's own numbers: the bus does not care, and they have their one place elsewhere.
constexpr uint16_t kVendor = 0x1234;
constexpr uint16_t kFirstStage = 0x5678;
constexpr uint16_t kSecondStage = 0x9abc;
constexpr uint8_t kHubClass = 9;

UsbDevice Hub(const char* port) { return {*PortPath::Parse(port), 0x0424, 0x9514, 0, kHubClass}; }

UsbDevice Board(const char* port, uint16_t product, uint8_t serial_index) {
  return {*PortPath::Parse(port), kVendor, product, serial_index, 0};
}

class UsbContract : public testing::TestWithParam<UsbWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
  }
  std::vector<UsbDevice> Devices() {
    const auto devices = world_->bus().Devices();
    EXPECT_TRUE(devices.has_value()) << devices.error().message;
    return devices.value_or(std::vector<UsbDevice>());
  }

  std::unique_ptr<UsbWorld> world_;
};

TEST_P(UsbContract, ShowsNoRootHubs) { EXPECT_THAT(Devices(), IsEmpty()); }

TEST_P(UsbContract, ShowsABoardWithItsPortAndStage) {
  const UsbDevice board = Board("1-1", kFirstStage, 3);
  world_->Plug(board);
  EXPECT_THAT(Devices(), ElementsAre(board));
}

TEST_P(UsbContract, ShowsFiveBoardsBehindAHubByPortPath) {
  world_->Plug(Hub("1-1"));
  world_->Plug(Hub("2-1"));
  const std::vector<UsbDevice> boards = {
      Board("1-1.5", kFirstStage, 0), Board("1-1.2", kSecondStage, 3),
      Board("1-1.10", kFirstStage, 0), Board("2-1.1", kFirstStage, 1),
      Board("1-1.3", kSecondStage, 2)};
  for (const UsbDevice& board : boards) world_->Plug(board);
  EXPECT_THAT(Devices(), ElementsAre(Hub("1-1"), boards[1], boards[4], boards[0], boards[2],
                                     Hub("2-1"), boards[3]));
}

TEST_P(UsbContract, ShowsWhatSitsOnAPortNow) {
  world_->Plug(Board("1-1", kFirstStage, 0));
  ASSERT_EQ(Devices().size(), 1U);
  world_->Plug(Board("1-1", kSecondStage, 3));
  EXPECT_THAT(Devices(), ElementsAre(Board("1-1", kSecondStage, 3)));
  world_->Unplug(*PortPath::Parse("1-1"));
  EXPECT_THAT(Devices(), IsEmpty());
}

TEST_P(UsbContract, IsNotSupportedByAKernelWithoutUsb) {
  world_.reset();
  world_ = GetParam().make_without_usb();
  const auto devices = world_->bus().Devices();
  ASSERT_FALSE(devices.has_value());
  EXPECT_EQ(devices.error().kind, ErrorKind::kNotSupported);
}

INSTANTIATE_TEST_SUITE_P(, UsbContract, testing::ValuesIn(UsbWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
