// What os::UsbBus promises of the tree and of opening, for the simulator, for libusb in front of a
// mocked bus and for a real kernel alike.
#include "contract/usb_contract.h"

namespace zprov::tests {
namespace {

using os::UsbArrived;
using os::UsbDevice;
using os::UsbLeft;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class UsbTreeContract : public UsbContract {
 protected:
  std::vector<UsbDevice> Devices() {
    const auto devices = bus().Devices();
    EXPECT_TRUE(devices.has_value()) << devices.error().message;
    return devices.value_or(std::vector<UsbDevice>());
  }
};

TEST_P(UsbTreeContract, ShowsNoRootHubs) { EXPECT_THAT(Devices(), IsEmpty()); }

TEST_P(UsbTreeContract, ShowsABoardWithItsPortAndStage) {
  const UsbDevice board = Board("1-1", kFirstStage, 3);
  Plug(board);
  EXPECT_THAT(Devices(), ElementsAre(board));
}

TEST_P(UsbTreeContract, ShowsBoardsAndHubsByPortPath) {
  Plug(Hub("1-1"));
  Plug(Hub("3-1"));
  const std::vector<UsbDevice> boards = {
      Board("1-1.5", kFirstStage, 0), Board("1-1.2", kSecondStage, 3),
      Board("1-10", kFirstStage, 0),  Board("3-1.1", kFirstStage, 1),
      Board("1-2", kFirstStage, 0),   Board("1-1.3", kSecondStage, 2)};
  for (const UsbDevice& board : boards) Plug(board);
  EXPECT_THAT(Devices(), ElementsAre(Hub("1-1"), boards[1], boards[5], boards[0], boards[4],
                                     boards[2], Hub("3-1"), boards[3]));
}

TEST_P(UsbTreeContract, ShowsWhatSitsOnAPortNow) {
  Plug(Board("1-1", kFirstStage, 0));
  ASSERT_EQ(Devices().size(), 1U);
  Plug(Board("1-1", kSecondStage, 3));
  EXPECT_THAT(Devices(), ElementsAre(Board("1-1", kSecondStage, 3)));
  world_->Unplug(At("1-1"));
  EXPECT_THAT(Devices(), IsEmpty());
}

TEST_P(UsbTreeContract, IsNotSupportedByAKernelWithoutUsb) {
  world_.reset();
  world_ = GetParam().make_without_usb();
  ExpectFails(bus().Devices(), ErrorKind::kNotSupported);
  ExpectFails(bus().Watch(), ErrorKind::kNotSupported);
  ExpectFails(bus().Open(At("1-1")), ErrorKind::kNotSupported);
  ExpectFails(bus().SetPortPower(At("1-1"), os::UsbBus::PortPower::kOff), ErrorKind::kNotSupported);
}

// ---- events

TEST_P(UsbTreeContract, SaysEachDeviceThatIsThereOnceHoweverOftenItIsToldToWatch) {
  Plug(Hub("1-1"));
  Plug(Board("1-1.3"));
  ASSERT_TRUE(bus().Watch().has_value());
  ASSERT_TRUE(bus().Watch().has_value());
  EXPECT_THAT(Next(2), UnorderedElementsAre(UsbArrived{Hub("1-1")}, UsbArrived{Board("1-1.3")}));
  ExpectNothingMore();
}

TEST_P(UsbTreeContract, SaysNothingBeforeItIsToldToWatch) {
  Plug(Board("1-1"));
  ASSERT_TRUE(bus().Open(At("1-1")).has_value());
  world_->Unplug(At("1-1"));
  ExpectNothingMore();
}

TEST_P(UsbTreeContract, SaysWhoArrivesAndWhoLeaves) {
  ASSERT_TRUE(bus().Watch().has_value());
  Plug(Board("1-1"));
  EXPECT_THAT(Next(1), ElementsAre(UsbArrived{Board("1-1")}));
  world_->Unplug(At("1-1"));
  EXPECT_THAT(Next(1), ElementsAre(UsbLeft{At("1-1")}));
}

TEST_P(UsbTreeContract, SaysThatABoardCameBackAsAnotherProduct) {
  ASSERT_TRUE(bus().Watch().has_value());
  Plug(Board("1-1", kFirstStage, 0));
  EXPECT_THAT(Next(1), ElementsAre(UsbArrived{Board("1-1", kFirstStage, 0)}));
  Plug(Board("1-1", kSecondStage, 1));
  EXPECT_THAT(Next(2), ElementsAre(UsbLeft{At("1-1")}, UsbArrived{Board("1-1", kSecondStage, 1)}));
}

TEST_P(UsbTreeContract, SaysOfFiveBoardsWhichLeft) {
  Plug(Hub("1-1"));
  for (const char* port : {"1-1.2", "1-1.3", "1-1.4", "1-1.5", "1-1.6"}) Plug(Board(port));
  ASSERT_TRUE(bus().Watch().has_value());
  Next(6);
  world_->Unplug(At("1-1.5"));
  world_->Unplug(At("1-1.2"));
  EXPECT_THAT(Next(2), ElementsAre(UsbLeft{At("1-1.5")}, UsbLeft{At("1-1.2")}));
  EXPECT_THAT(Devices(), ElementsAre(Hub("1-1"), Board("1-1.3"), Board("1-1.4"), Board("1-1.6")));
}

// ---- open, claim, close

TEST_P(UsbTreeContract, OpensABoardAndGivesItsConfigurationAsItWasSent) {
  const auto board = PlugBoard("1-1");
  const auto opened = bus().Open(At("1-1"));
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(opened->configuration, board->Configuration());
}

// Announces 55 bytes and sends 32, as second stages do.
class ShortBoard final : public sim::UsbFunction {
 public:
  std::string Configuration() const override {
    return {
        "\x09\x02\x37\0\x02\x01\0\xc0\x32\x09\x04\0\0\x02\x08\x06\x50\0\x07\x05\x81\x02\x40\0\0"
        "\x07\x05\x02\x02\x40\0\0",
        32};
  }
};

TEST_P(UsbTreeContract, OpensABoardThatSentLessOfItsConfigurationThanItAnnounced) {
  const auto board = std::make_shared<ShortBoard>();
  Plug(Board("1-1"), board);
  const auto opened = bus().Open(At("1-1"));
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(opened->configuration, board->Configuration());
}

TEST_P(UsbTreeContract, FindsNothingToOpenOnAnEmptyPort) {
  PlugBoard("1-2");
  ExpectFails(bus().Open(At("1-1")), ErrorKind::kNotFound);
}

TEST_P(UsbTreeContract, OpensADeviceOnceAtATimeAndNeverWithTheSameHandle) {
  PlugBoard("1-1");
  const auto first = bus().Open(At("1-1"));
  ASSERT_TRUE(first.has_value());
  ExpectFails(bus().Open(At("1-1")), ErrorKind::kBusy);
  bus().Close(first->handle);
  const auto second = bus().Open(At("1-1"));
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(first->handle, second->handle);
}

TEST_P(UsbTreeContract, OpensWhoCameAfterSomebodyWhoseHandleIsStillOpen) {
  ASSERT_TRUE(bus().Watch().has_value());
  PlugBoard("1-1");
  Next(1);
  const os::UsbHandle before = Claimed("1-1");
  const auto after = PlugBoard("1-1");
  Next(2);
  const os::UsbHandle now = Claimed("1-1");
  ExpectFails(bus().Claim(before, 0), ErrorKind::kGone);
  Submit(now, {os::BulkOut{1, "hello"}});
  EXPECT_EQ(Completion().outcome, os::UsbOutcome::kDone);
  EXPECT_EQ(after->got(), "hello");
  bus().Close(before);
  Submit(now, {os::BulkOut{1, "!"}});
  EXPECT_EQ(Completion().outcome, os::UsbOutcome::kDone);
  EXPECT_EQ(after->got(), "hello!");
}

TEST_P(UsbTreeContract, ClaimsOnlyAnInterfaceThatIsThereAndFree) {
  PlugBoard("1-1");
  PlugBoard("1-2");
  world_->HoldInterface(At("1-2"), 0);
  const auto free = bus().Open(At("1-1"));
  const auto held = bus().Open(At("1-2"));
  ASSERT_TRUE(free.has_value() && held.has_value());
  EXPECT_TRUE(bus().Claim(free->handle, 0).has_value());
  ExpectFails(bus().Claim(free->handle, 1), ErrorKind::kNotFound);
  ExpectFails(bus().Claim(held->handle, 0), ErrorKind::kBusy);
}

TEST_P(UsbTreeContract, ClaimsNothingOfADeviceThatWasClosed) {
  PlugBoard("1-1");
  const os::UsbHandle handle = Claimed("1-1");
  bus().Close(handle);
  ExpectFails(bus().Claim(handle, 0), ErrorKind::kGone);
  bus().Close(handle);  // ignored
}

INSTANTIATE_TEST_SUITE_P(, UsbTreeContract, testing::ValuesIn(UsbWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
