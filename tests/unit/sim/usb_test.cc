// The simulated bus' own promises: time on the wire, who shares it, power and jams. What it shares
// with libusb is in tests/contract/usb_contract.cc.
#include "sim/usb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace zprov::sim {
namespace {

using os::BulkOut;
using os::ControlIn;
using os::ControlOut;
using os::UsbOutcome;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Power = os::UsbBus::PortPower;

PortPath At(const char* port) { return *PortPath::Parse(port); }
os::UsbDevice Board(const char* port) { return {At(port), 0x1234, 0x5678, 0, 0}; }
os::UsbDevice Hub(const char* port) { return {At(port), 0x0424, 0x9514, 0, 9}; }

// Keeps what it is sent and answers with what it was given to say.
class Notebook final : public UsbFunction {
 public:
  explicit Notebook(UsbSpeed speed = UsbSpeed::kHigh) : speed_(speed) {}
  std::string Configuration() const override {
    // One vendor interface with bulk OUT 1.
    return std::string(
        "\x09\x02\x19\0\x01\x01\0\x80\x32\x09\x04\0\0\x01\xff\0\0\0\x07\x05\x01\x02\0\x02\0", 25);
  }
  UsbSpeed Speed() const override { return speed_; }
  UsbReply OnControlOut(const ControlOut&) override { return say; }
  UsbReply OnControlIn(const ControlIn&) override { return std::exchange(say, then); }
  UsbReply OnBulkOut(uint8_t, std::string_view bytes) override {
    if (say.kind == UsbReply::Kind::kTaken) got += bytes;
    return say;
  }
  void OnReset() override { got.clear(); }

  UsbReply say = UsbReply::Taken();
  UsbReply then = UsbReply::Taken();
  std::string got;

 private:
  UsbSpeed speed_;
};

class SimUsb : public testing::Test {
 protected:
  std::shared_ptr<Notebook> PlugNotebook(const char* port, UsbSpeed speed = UsbSpeed::kHigh) {
    auto notebook = std::make_shared<Notebook>(speed);
    bus_.Plug(Board(port), notebook);
    return notebook;
  }
  os::UsbHandle Open(const char* port) { return bus_.Open(At(port))->handle; }
  os::Event Next(std::chrono::nanoseconds within = seconds(100)) {
    return *queue_.Next(clock_.Now() + within);
  }
  // All that happens until nothing does for a while.
  std::vector<os::Event> Rest() {
    std::vector<os::Event> events;
    for (os::Event event = Next(); event != os::Event(os::DeadlinePassed{}); event = Next()) {
      events.push_back(event);
    }
    return events;
  }
  os::Moment WhenAllIsSent(const std::vector<os::UsbHandle>& handles) {
    for (int i = 0; i < 8; ++i) {
      for (const os::UsbHandle handle : handles) {
        EXPECT_TRUE(bus_.Submit(handle, {BulkOut{1, block_}}).has_value());
      }
    }
    const os::Moment begun = clock_.Now();
    for (size_t i = 0; i < 8 * handles.size(); ++i) {
      EXPECT_EQ(std::get<os::UsbCompleted>(Next()).outcome, UsbOutcome::kDone);
    }
    return clock_.Now() - begun;
  }

  VirtualClock clock_;
  EventQueue queue_{clock_};
  UsbBus bus_{queue_};
  std::string block_ = std::string(os::kMaxBulk, 'x');
};

TEST_F(SimUsb, GivesADeviceItsBytesInTheOrderInWhichTheyWereSubmitted) {
  const auto notebook = PlugNotebook("1-1");
  const auto handle = Open("1-1");
  const auto first = bus_.Submit(handle, {BulkOut{1, "one "}});
  const auto second = bus_.Submit(handle, {BulkOut{1, "two"}});
  EXPECT_THAT(Rest(), ElementsAre(os::UsbCompleted{*first, UsbOutcome::kDone, 4},
                                  os::UsbCompleted{*second, UsbOutcome::kDone, 3}));
  EXPECT_EQ(notebook->got, "one two");
}

TEST_F(SimUsb, TakesAsLongAtFullSpeedAsTheLogsSay) {
  PlugNotebook("1-1", UsbSpeed::kFull);
  const auto handle = Open("1-1");
  const std::string file(50'000, 'x');
  for (size_t at = 0; at < file.size(); at += os::kMaxBulk) {
    bus_.Submit(handle, {BulkOut{1, std::string_view(file).substr(at, os::kMaxBulk)}}).value();
  }
  EXPECT_THAT(Rest(), SizeIs(4));
  const os::Moment took = clock_.Now() - seconds(100);  // Rest() waits that long for more
  EXPECT_GT(took, milliseconds(5));
  EXPECT_LT(took, milliseconds(6));
}

TEST_F(SimUsb, TakesAQuarterOfAMillisecondForAMessageOfTwoTransfers) {
  PlugNotebook("1-1", UsbSpeed::kFull);
  const auto handle = Open("1-1");
  const os::Moment begun = clock_.Now();
  for (const os::UsbTransfer& transfer :
       {os::UsbTransfer{os::ControlOut{0x40, 0, 24, 0}}, os::UsbTransfer{BulkOut{1, "24 bytes"}}}) {
    bus_.Submit(handle, transfer).value();
    Next();
  }
  EXPECT_GE(clock_.Now() - begun, std::chrono::microseconds(240));
  EXPECT_LE(clock_.Now() - begun, std::chrono::microseconds(260));
}

TEST_F(SimUsb, SharesOneWireBetweenAllBoards) {
  std::vector<os::UsbHandle> all;
  for (const char* port : {"1-1", "1-2", "1-3", "1-4"}) {
    PlugNotebook(port);
    all.push_back(Open(port));
  }
  const os::Moment alone = WhenAllIsSent({all[0]});
  const os::Moment together = WhenAllIsSent(all);
  EXPECT_GT(together, 3 * alone);
  EXPECT_LT(together, 4 * alone);
}

TEST_F(SimUsb, AsksADeviceAgainThatIsNotReadyYet) {
  const auto notebook = PlugNotebook("1-1");
  notebook->say = UsbReply::Later(seconds(2));
  notebook->then = UsbReply::Taken("late");
  const auto id = bus_.Submit(Open("1-1"), {ControlIn{.length = 260}, seconds(20)});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*id, UsbOutcome::kDone, 4, "late"}));
  EXPECT_GT(clock_.Now(), seconds(2));
}

TEST_F(SimUsb, TimesOutADeviceThatSaysNothingAndGoesOnWithTheNextTransfer) {
  const auto notebook = PlugNotebook("1-1");
  notebook->say = UsbReply::Never();
  const auto handle = Open("1-1");
  const auto deaf = bus_.Submit(handle, {BulkOut{1, "a"}, seconds(5)});
  const auto next = bus_.Submit(handle, {BulkOut{1, "b"}, seconds(9)});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*deaf, UsbOutcome::kTimedOut, 0}));
  EXPECT_EQ(clock_.Now(), seconds(5));
  notebook->say = UsbReply::Taken();
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*next, UsbOutcome::kDone, 1}));
  EXPECT_EQ(notebook->got, "b");
}

TEST_F(SimUsb, StallsWhateverADeviceWithoutAFunctionIsAsked) {
  bus_.Plug(Board("1-1"));
  const auto id = bus_.Submit(Open("1-1"), {ControlOut{.request_type = 0x40}});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*id, UsbOutcome::kStalled, 0}));
}

TEST_F(SimUsb, FailsARequestThatIsAnsweredWithMoreThanWasAskedFor) {
  PlugNotebook("1-1")->say = UsbReply::Taken("12345");
  const auto id = bus_.Submit(Open("1-1"), {ControlIn{.length = 4}});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*id, UsbOutcome::kFailed, 0}));
}

TEST_F(SimUsb, FailsAsManyTransfersAsABabblingLineSpoilsAndNoNeighboursAndNoneAfterItsEnd) {
  const auto notebook = PlugNotebook("1-1");
  PlugNotebook("1-2");
  bus_.Babble(At("1-1"), 2);
  const auto handle = Open("1-1");
  const auto lost = bus_.Submit(handle, {BulkOut{1, "lost"}});
  const auto too = bus_.Submit(handle, {BulkOut{1, "too"}});
  const auto whole = bus_.Submit(handle, {BulkOut{1, "whole"}});
  EXPECT_THAT(Rest(), ElementsAre(os::UsbCompleted{*lost, UsbOutcome::kFailed, 0},
                                  os::UsbCompleted{*too, UsbOutcome::kFailed, 0},
                                  os::UsbCompleted{*whole, UsbOutcome::kDone, 5}));
  EXPECT_EQ(notebook->got, "whole");

  bus_.Babble(At("1-1"), 2);
  const auto beside = bus_.Submit(Open("1-2"), {BulkOut{1, "beside"}});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*beside, UsbOutcome::kDone, 6}));
  bus_.EndBabble();
  const auto after = bus_.Submit(handle, {BulkOut{1, "after"}});
  EXPECT_EQ(Next(), os::Event(os::UsbCompleted{*after, UsbOutcome::kDone, 5}));
}

TEST_F(SimUsb, TellsASecondTimeOfWhoIsThereAndOfNobodyElse) {
  PlugNotebook("1-1");
  ASSERT_TRUE(bus_.Watch().has_value());
  bus_.TellAgain(At("1-1"));
  bus_.TellAgain(At("1-2"));
  EXPECT_THAT(Rest(), ElementsAre(os::UsbArrived{Board("1-1")}, os::UsbArrived{Board("1-1")}));
}

TEST_F(SimUsb, TellsLateAndInOrderWhileItsNoticesAreHeld) {
  ASSERT_TRUE(bus_.Watch().has_value());
  PlugNotebook("1-1");
  EXPECT_EQ(Next(), os::Event(os::UsbArrived{Board("1-1")}));
  const auto handle = Open("1-1");
  bus_.HoldNotices(clock_.Now() + seconds(3));
  bus_.Unplug(At("1-1"));
  PlugNotebook("1-1");
  EXPECT_EQ(bus_.Submit(handle, {ControlIn{}}).error().kind, ErrorKind::kGone);
  EXPECT_EQ(Next(seconds(2)), os::Event(os::DeadlinePassed{}));
  EXPECT_THAT(Rest(), ElementsAre(os::UsbLeft{At("1-1")}, os::UsbArrived{Board("1-1")}));
}

TEST_F(SimUsb, TellsInOrderWhenAHoldIsMadeLongerOrShorter) {
  for (const seconds then : {seconds(5), seconds(1)}) {
    SCOPED_TRACE(then.count());
    PlugNotebook("1-1");
    ASSERT_TRUE(bus_.Watch().has_value());
    Rest();
    bus_.HoldNotices(clock_.Now() + seconds(3));
    bus_.Unplug(At("1-1"));
    EXPECT_EQ(Next(milliseconds(500)), os::Event(os::DeadlinePassed{}));
    bus_.HoldNotices(clock_.Now() + then);
    EXPECT_EQ(Next(milliseconds(1500)), os::Event(os::DeadlinePassed{}));
    PlugNotebook("1-1");
    EXPECT_THAT(Rest(), ElementsAre(os::UsbLeft{At("1-1")}, os::UsbArrived{Board("1-1")}));
  }
}

TEST_F(SimUsb, EndsTheTransfersOfADeviceThatLeavesBeforeItSaysSo) {
  ASSERT_TRUE(bus_.Watch().has_value());
  PlugNotebook("1-1")->say = UsbReply::Never();
  const auto handle = Open("1-1");
  const auto first = bus_.Submit(handle, {BulkOut{1, "a"}});
  const auto second = bus_.Submit(handle, {ControlIn{.length = 4}});
  bus_.Unplug(At("1-1"));
  EXPECT_THAT(
      Rest(),
      ElementsAre(os::UsbArrived{Board("1-1")}, os::UsbCompleted{*first, UsbOutcome::kGone, 0},
                  os::UsbCompleted{*second, UsbOutcome::kGone, 0}, os::UsbLeft{At("1-1")}));
  EXPECT_EQ(bus_.Submit(handle, {ControlIn{}}).error().kind, ErrorKind::kGone);
}

TEST_F(SimUsb, SaysNothingMoreOfAHandleThatWasClosed) {
  PlugNotebook("1-1");
  const auto handle = Open("1-1");
  ASSERT_TRUE(bus_.Submit(handle, {BulkOut{1, "done, not heard yet"}}).has_value());
  clock_.Advance(seconds(1));
  queue_.CatchUp();
  ASSERT_TRUE(bus_.Submit(handle, {BulkOut{1, "under way"}}).has_value());
  bus_.Close(handle);
  EXPECT_THAT(Rest(), IsEmpty());
  EXPECT_TRUE(bus_.Open(At("1-1")).has_value());
}

TEST_F(SimUsb, ResetsOneDeviceAndNoNeighbour) {
  PlugNotebook("1-1")->say = UsbReply::Never();
  PlugNotebook("1-2");
  ASSERT_TRUE(bus_.Watch().has_value());
  ASSERT_THAT((std::vector{Next(), Next()}), SizeIs(2));
  const auto handle = Open("1-1");
  const auto id = bus_.Submit(handle, {BulkOut{1, "a"}});
  ASSERT_TRUE(bus_.Reset(handle).has_value());
  EXPECT_THAT(Rest(), ElementsAre(os::UsbCompleted{*id, UsbOutcome::kGone, 0},
                                  os::UsbLeft{At("1-1")}, os::UsbArrived{Board("1-1")}));
  EXPECT_EQ(bus_.Reset(handle).error().kind, ErrorKind::kGone);
}

TEST_F(SimUsb, HasOnePoolForTheTransfersOfAllDevices) {
  PlugNotebook("1-1")->say = UsbReply::Never();
  const auto handle = Open("1-1");
  const os::UsbTransfer one{BulkOut{1, block_}};
  for (int i = 0; i < 1024; ++i) ASSERT_TRUE(bus_.Submit(handle, one).has_value());
  EXPECT_EQ(bus_.Submit(handle, one).error().kind, ErrorKind::kNoSpace);
  ASSERT_EQ(std::get<os::UsbCompleted>(Next()).outcome, UsbOutcome::kTimedOut);
  EXPECT_TRUE(bus_.Submit(handle, one).has_value());
}

TEST_F(SimUsb, ClaimsAnInterfaceThatIsThereAndThatNobodyElseHas) {
  PlugNotebook("1-1");
  const auto handle = Open("1-1");
  EXPECT_TRUE(bus_.Claim(handle, 0).has_value());
  EXPECT_EQ(bus_.Claim(handle, 1).error().kind, ErrorKind::kNotFound);
  bus_.HoldInterface(At("1-1"), 0);
  EXPECT_EQ(bus_.Claim(handle, 0).error().kind, ErrorKind::kBusy);
}

TEST_F(SimUsb, CutsThePowerOfAllPortsOfAHubThatIsGanged) {
  bus_.Plug(Hub("1-1"));
  PlugNotebook("1-1.2");
  PlugNotebook("1-1.3");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1")));
  EXPECT_EQ(bus_.PowerCuts(At("1-1.3")), 1);
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOn).has_value());
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Board("1-1.2"), Board("1-1.3")));
}

TEST_F(SimUsb, CutsThePowerOfOnePortWhereTheHubCan) {
  bus_.Plug(Hub("1-1"));
  bus_.SetHubPower(At("1-1"), HubPower::kPerPort);
  PlugNotebook("1-1.2");
  PlugNotebook("1-1.3");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Board("1-1.3")));
  EXPECT_EQ(bus_.PowerCuts(At("1-1.2")), 1);
  EXPECT_EQ(bus_.PowerCuts(At("1-1.3")), 0);
}

// As the kernel does it when it activates a hub.
TEST_F(SimUsb, GivesThePortsOfAHubPowerThatIsPluggedInAgain) {
  bus_.Plug(Hub("1-1"));
  bus_.SetHubPower(At("1-1"), HubPower::kPerPort);
  PlugNotebook("1-1.2");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  EXPECT_FALSE(bus_.Shows(At("1-1.2")));
  bus_.Unplug(At("1-1"));
  bus_.Plug(Hub("1-1"));
  PlugNotebook("1-1.2");
  EXPECT_TRUE(bus_.Shows(At("1-1.2")));
}

TEST_F(SimUsb, GivesAllPortsPowerWhereTheKernelStartsItsHubsAnew) {
  bus_.Plug(Hub("1-1"));
  bus_.SetHubPower(At("1-1"), HubPower::kPerPort);
  PlugNotebook("1-1.2");
  PlugNotebook("1-1.3");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.3"), Power::kOff).has_value());
  bus_.GiveAllPower();
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Board("1-1.2"), Board("1-1.3")));
}

TEST_F(SimUsb, TellsWhoIsWiredInsteadOfShowingItAgain) {
  bus_.Plug(Hub("1-1"));
  std::vector<Power> told;
  bus_.WirePower(At("1-1.2"), [&](Power power) { told.push_back(power); });
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOn).has_value());
  EXPECT_THAT(told, ElementsAre(Power::kOff, Power::kOn));
}

TEST_F(SimUsb, CannotSwitchThePortOfAHubThatIsNotThereOrCannot) {
  bus_.Plug(Hub("1-1"));
  EXPECT_EQ(bus_.SetPortPower(At("1-1"), Power::kOff).error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(bus_.SetPortPower(At("1-2.1"), Power::kOff).error().kind, ErrorKind::kNotFound);
}

TEST_F(SimUsb, LetsAHubClaimWhatItCannot) {
  bus_.Plug(Hub("1-1"));
  bus_.SetHubClaim(At("1-1"), HubPower::kPerPort);
  ASSERT_TRUE(bus_.Submit(Open("1-1"), {ControlIn{0xa0, 6, 0x2900, 0, 7}}).has_value());
  const os::Event event = Next();
  const auto* const completed = std::get_if<os::UsbCompleted>(&event);
  ASSERT_TRUE(completed != nullptr && completed->bytes.size() == 7);
  EXPECT_EQ(completed->bytes[3] & 3, 1) << "each port by itself: USB 2.0, 11.23.2.1";
  PlugNotebook("1-1.2");
  PlugNotebook("1-1.3");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1")));
}

TEST_F(SimUsb, IsClosedToWhoMayNotReadIt) {
  bus_.Plug(Hub("1-1"));
  PlugNotebook("1-1.2");
  bus_.DropRights();
  const auto fails = [](const auto& outcome) {
    return !outcome.has_value() && outcome.error().kind == ErrorKind::kPermission;
  };
  EXPECT_TRUE(fails(bus_.Devices()));
  EXPECT_TRUE(fails(bus_.Watch()));
  EXPECT_TRUE(fails(bus_.Open(At("1-1.2"))));
  EXPECT_TRUE(fails(bus_.SetPortPower(At("1-1.2"), Power::kOff)));
}

TEST_F(SimUsb, TakesAllBelowAHubAwayWithItTheLowestFirst) {
  bus_.Plug(Hub("1-1"));
  PlugNotebook("1-1.2");
  ASSERT_TRUE(bus_.Watch().has_value());
  ASSERT_THAT((std::vector{Next(), Next()}), SizeIs(2));
  bus_.Unplug(At("1-1"));
  EXPECT_THAT(Rest(), ElementsAre(os::UsbLeft{At("1-1.2")}, os::UsbLeft{At("1-1")}));
}

TEST_F(SimUsb, HoldsUpTheSiblingsOfAJammedPortAndNobodyElse) {
  bus_.Plug(Hub("1-1"));
  bus_.Plug(Hub("1-2"));
  bus_.Jam(At("1-1.2"));
  PlugNotebook("1-1.3");
  PlugNotebook("1-2.1");
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Hub("1-2"), Board("1-2.1")));
  clock_.Advance(seconds(60));
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Board("1-1.3"), Hub("1-2"), Board("1-2.1")));
}

TEST_F(SimUsb, EndsAJamWithThePowerOfItsPort) {
  bus_.Plug(Hub("1-1"));
  bus_.SetHubPower(At("1-1"), HubPower::kPerPort);
  bus_.Jam(At("1-1.2"));
  PlugNotebook("1-1.3");
  ASSERT_TRUE(bus_.SetPortPower(At("1-1.2"), Power::kOff).has_value());
  EXPECT_THAT(*bus_.Devices(), ElementsAre(Hub("1-1"), Board("1-1.3")));
}

}  // namespace
}  // namespace zprov::sim
