// What os::UsbBus promises of transfers, of resets and of power, for the simulator, for libusb in
// front of a mocked usbfs and for a real kernel alike.
#include "contract/usb_contract.h"

namespace zprov::tests {
namespace {

using os::BulkOut;
using os::ControlIn;
using os::ControlOut;
using os::UsbArrived;
using os::UsbCompleted;
using os::UsbLeft;
using os::UsbOutcome;
using sim::UsbReply;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::ElementsAre;
using Power = os::UsbBus::PortPower;

class UsbTransferContract : public UsbContract {};

// ---- how transfers end

TEST_P(UsbTransferContract, GivesTheBoardARequestAndThenItsBytes) {
  const auto board = PlugBoard("1-1");
  const os::UsbHandle handle = Claimed("1-1");
  const ControlOut request{kVendorOut, 7, 0x1234, 0x5678};
  const auto control = Submit(handle, {request});
  EXPECT_EQ(Completion(), (UsbCompleted{control, UsbOutcome::kDone, 0}));
  const auto bulk = Submit(handle, {BulkOut{1, "bytes"}});
  EXPECT_EQ(Completion(), (UsbCompleted{bulk, UsbOutcome::kDone, 5}));
  EXPECT_THAT(board->controls(), ElementsAre(request));
  EXPECT_EQ(board->got(), "bytes");
}

TEST_P(UsbTransferContract, BringsWhatTheBoardAnswersAlsoWhenItIsShort) {
  const auto board = PlugBoard("1-1", {UsbReply::Taken("abcd"), UsbReply::Taken("ab")});
  const os::UsbHandle handle = Claimed("1-1");
  const ControlIn question{kVendorIn, 7, 4, 0, 4};
  const auto full = Submit(handle, {question});
  EXPECT_EQ(Completion(), (UsbCompleted{full, UsbOutcome::kDone, 4, "abcd"}));
  const auto shorter = Submit(handle, {question});
  EXPECT_EQ(Completion(), (UsbCompleted{shorter, UsbOutcome::kDone, 2, "ab"}));
  EXPECT_THAT(board->questions(), ElementsAre(question, question));
}

TEST_P(UsbTransferContract, FailsWhenTheBoardSendsMoreThanItWasAskedFor) {
  ZPROV_NEEDS(Shows(UsbFact::kTooLongAnswer), WhyNot(UsbFact::kTooLongAnswer));
  PlugBoard("1-1", {UsbReply::Taken("abcde")});
  const os::UsbHandle handle = Claimed("1-1");
  const auto id = Submit(handle, {ControlIn{kVendorIn, 0, 4, 0, 4}});
  const UsbCompleted completed = Completion();
  EXPECT_EQ(completed.transfer, id);
  EXPECT_EQ(completed.outcome, UsbOutcome::kFailed);
}

TEST_P(UsbTransferContract, SaysWhatTheBoardStalledAndGoesOn) {
  const auto board = PlugBoard("1-1", {UsbReply::Stall(), UsbReply::Stall(), UsbReply::Stall()});
  const os::UsbHandle handle = Claimed("1-1");
  for (const os::UsbTransfer& transfer :
       {os::UsbTransfer{ControlOut{kVendorOut, 0, 0, 0}}, os::UsbTransfer{BulkOut{1, "lost"}},
        os::UsbTransfer{ControlIn{kVendorIn, 0, 0, 0, 4}}}) {
    const auto id = Submit(handle, transfer);
    EXPECT_EQ(Completion(), (UsbCompleted{id, UsbOutcome::kStalled, 0}));
  }
  Submit(handle, {BulkOut{1, "heard"}});
  EXPECT_EQ(Completion().outcome, UsbOutcome::kDone);
  EXPECT_EQ(board->got(), "heard");
}

TEST_P(UsbTransferContract, EndsATransferThatTakesTooLongAndGoesOn) {
  const auto board = PlugBoard("1-1", {UsbReply::Never()});
  const os::UsbHandle handle = Claimed("1-1");
  const os::Moment begun = world_->clock().Now();
  const auto late = Submit(handle, {BulkOut{1, "late"}, milliseconds(20)});
  EXPECT_EQ(Completion(), (UsbCompleted{late, UsbOutcome::kTimedOut, 0}));
  EXPECT_GE(world_->clock().Now() - begun, milliseconds(20));
  Submit(handle, {BulkOut{1, "in time"}});
  EXPECT_EQ(Completion().outcome, UsbOutcome::kDone);
  EXPECT_EQ(board->got(), "in time");
}

TEST_P(UsbTransferContract, TakesNoTimeAtAllAsATimeoutLikeAnyOther) {
  PlugBoard("1-1", {UsbReply::Never()});
  const os::UsbHandle handle = Claimed("1-1");
  const auto id = Submit(handle, {BulkOut{1, "late"}, milliseconds(0)});
  EXPECT_EQ(Completion(), (UsbCompleted{id, UsbOutcome::kTimedOut, 0}));
}

TEST_P(UsbTransferContract, CancelsOneTransferAndNoOther) {
  ZPROV_NEEDS(Shows(UsbFact::kCancelOneOfMany), WhyNot(UsbFact::kCancelOneOfMany));
  const auto board = PlugBoard("1-1");
  const os::UsbHandle handle = Claimed("1-1");
  const auto first = Submit(handle, {BulkOut{1, kHang}, minutes(1)});
  const auto second = Submit(handle, {BulkOut{1, "two"}, minutes(1)});
  bus().Cancel(first);
  EXPECT_EQ(Completion(), (UsbCompleted{first, UsbOutcome::kCancelled, 0}));
  EXPECT_EQ(Completion(), (UsbCompleted{second, UsbOutcome::kDone, 3}));
  bus().Cancel(first);
  bus().Cancel(second);
  bus().Cancel(second + 1000);
  ExpectNothingMore();
  EXPECT_EQ(board->got(), "two");
}

TEST_P(UsbTransferContract, RefusesBulkThatIsEmptyOrTooLong) {
  PlugBoard("1-1");
  const os::UsbHandle handle = Claimed("1-1");
  const std::string long_one(os::kMaxBulk + 1, 'x');
  ExpectFails(bus().Submit(handle, {BulkOut{1, ""}}), ErrorKind::kInvalid);
  ExpectFails(bus().Submit(handle, {BulkOut{1, long_one}}), ErrorKind::kInvalid);
  ExpectNothingMore();
}

// ---- many at once

TEST_P(UsbTransferContract, SendsManyTransfersOfOneEndpointInTheirOrder) {
  const auto board = PlugBoard("1-1");
  const os::UsbHandle handle = Claimed("1-1");
  std::string file;
  for (size_t i = 0; file.size() < 128 * os::kMaxBulk; ++i) file += std::to_string(i) + ' ';
  std::vector<os::UsbTransferId> submitted;
  for (size_t at = 0; at < file.size(); at += os::kMaxBulk) {
    submitted.push_back(
        Submit(handle, {BulkOut{1, std::string_view(file).substr(at, os::kMaxBulk)}, minutes(1)}));
  }
  std::vector<os::UsbTransferId> completed;
  while (completed.size() < submitted.size()) {
    const UsbCompleted one = Completion();
    ASSERT_EQ(one.outcome, UsbOutcome::kDone);
    completed.push_back(one.transfer);
  }
  EXPECT_EQ(completed, submitted);
  EXPECT_TRUE(board->got() == file);
}

TEST_P(UsbTransferContract, SaysThatTheKernelsPoolIsEmptyUntilATransferHasCompleted) {
  PlugBoard("1-1", {UsbReply::Never()});
  const os::UsbHandle handle = Claimed("1-1");
  const std::string block(os::kMaxBulk, 'x');
  std::vector<os::UsbTransferId> waiting;
  auto id = bus().Submit(handle, {BulkOut{1, block}, minutes(1)});
  for (; id.has_value() && waiting.size() <= 1024;
       id = bus().Submit(handle, {BulkOut{1, block}, minutes(1)})) {
    waiting.push_back(*id);
  }
  ExpectFails(id, ErrorKind::kNoSpace);
  EXPECT_GT(waiting.size(), 1000U);
  bus().Cancel(waiting.back());
  EXPECT_EQ(Completion().transfer, waiting.back());
  Submit(handle, {BulkOut{1, block}, minutes(1)});
  bus().Close(handle);
}

TEST_P(UsbTransferContract, LetsNoBoardWaitForAnotherThatHangs) {
  Plug(Hub("1-1"));
  PlugBoard("1-1.2", {UsbReply::Never()});
  const auto stuck = Submit(Claimed("1-1.2"), {BulkOut{1, "one"}, minutes(1)});
  for (const char* port : {"1-1.3", "1-1.4", "1-1.5", "1-1.6"}) {
    const auto board = PlugBoard(port);
    const auto id = Submit(Claimed(port), {BulkOut{1, port}});
    EXPECT_EQ(Completion(), (UsbCompleted{id, UsbOutcome::kDone, 5}));
    EXPECT_EQ(board->got(), port);
  }
  bus().Cancel(stuck);
  EXPECT_EQ(Completion(), (UsbCompleted{stuck, UsbOutcome::kCancelled, 0}));
}

// ---- devices that leave

TEST_P(UsbTransferContract, EndsAllTransfersOfABoardThatLeavesBeforeItSaysSo) {
  PlugBoard("1-1", {UsbReply::Never(), UsbReply::Never()});
  const auto neighbour = PlugBoard("1-2");
  ASSERT_TRUE(bus().Watch().has_value());
  Next(2);
  const os::UsbHandle handle = Claimed("1-1");
  const auto bulk = Submit(handle, {BulkOut{1, "one"}, minutes(1)});
  const auto waiting = Submit(handle, {BulkOut{1, "two"}, minutes(1)});
  const auto control = Submit(handle, {ControlIn{kVendorIn, 0, 4, 0, 4}, minutes(1)});
  world_->Unplug(At("1-1"));
  const auto events = Next(4);
  EXPECT_THAT(events, testing::UnorderedElementsAre(UsbCompleted{bulk, UsbOutcome::kGone, 0},
                                                    UsbCompleted{waiting, UsbOutcome::kGone, 0},
                                                    UsbCompleted{control, UsbOutcome::kGone, 0},
                                                    UsbLeft{At("1-1")}));
  EXPECT_EQ(events.back(), os::Event(UsbLeft{At("1-1")}));
  ExpectFails(bus().Submit(handle, {BulkOut{1, "x"}}), ErrorKind::kGone);
  ExpectFails(bus().Claim(handle, 0), ErrorKind::kGone);
  ExpectFails(bus().Reset(handle), ErrorKind::kGone);
  Submit(Claimed("1-2"), {BulkOut{1, "still here"}});
  EXPECT_EQ(Completion().outcome, UsbOutcome::kDone);
  EXPECT_EQ(neighbour->got(), "still here");
}

TEST_P(UsbTransferContract, SaysThatABoardLeftAlsoWhenNobodyWatches) {
  PlugBoard("1-1", {UsbReply::Never()});
  const os::UsbHandle handle = Claimed("1-1");
  const auto id = Submit(handle, {BulkOut{1, "one"}, minutes(1)});
  world_->Unplug(At("1-1"));
  EXPECT_EQ(Completion(), (UsbCompleted{id, UsbOutcome::kGone, 0}));
  ExpectFails(bus().Submit(handle, {BulkOut{1, "x"}}), ErrorKind::kGone);
}

TEST_P(UsbTransferContract, KeepsWhatABoardTookBeforeItLeft) {
  const auto board = PlugBoard("1-1");
  ASSERT_TRUE(bus().Watch().has_value());
  Next(1);
  const os::UsbHandle handle = Claimed("1-1");
  const auto id = Submit(handle, {BulkOut{1, "one"}});
  EXPECT_EQ(Completion(), (UsbCompleted{id, UsbOutcome::kDone, 3}));
  world_->Unplug(At("1-1"));
  EXPECT_THAT(Next(1), ElementsAre(UsbLeft{At("1-1")}));
  EXPECT_EQ(board->got(), "one");
}

// ---- close

TEST_P(UsbTransferContract, GivesTheBytesBackWhenItCloses) {
  PlugBoard("1-1", {UsbReply::Never()});
  const os::UsbHandle handle = Claimed("1-1");
  {
    const std::vector<std::string> blocks(8, std::string(os::kMaxBulk, 'x'));
    for (const std::string& block : blocks) Submit(handle, {BulkOut{1, block}, minutes(1)});
    bus().Close(handle);
  }
  ExpectNothingMore();
  ExpectFails(bus().Submit(handle, {BulkOut{1, "x"}}), ErrorKind::kGone);
}

TEST_P(UsbTransferContract, SaysNothingOfAHandleThatWasClosedNotEvenWhatHadHappened) {
  PlugBoard("1-1");
  PlugBoard("1-2");
  const os::UsbHandle closed = Claimed("1-1");
  const os::UsbHandle open = Claimed("1-2");
  Submit(closed, {BulkOut{1, "one"}});
  const auto heard = Submit(open, {BulkOut{1, "one"}});
  const auto unheard = Submit(closed, {BulkOut{1, "two"}});
  EXPECT_NE(Completion().transfer, unheard);
  bus().Close(closed);
  const auto last = Submit(open, {BulkOut{1, "two"}});
  os::UsbCompleted next = Completion();
  if (next.transfer == heard) next = Completion();
  EXPECT_EQ(next.transfer, last);
  ExpectNothingMore();
}

TEST_P(UsbTransferContract, SaysNothingOfAHandleThatWasClosedThoughItsTransferMayHaveCompleted) {
  PlugBoard("1-1");
  PlugBoard("1-2");
  const os::UsbHandle closed = Claimed("1-1");
  const os::UsbHandle open = Claimed("1-2");
  const auto heard = Submit(open, {BulkOut{1, "one"}});
  Submit(closed, {BulkOut{1, "one"}});
  const bool was_first = Completion().transfer == heard;
  bus().Close(closed);
  if (!was_first) {
    EXPECT_EQ(Completion().transfer, heard);
  }
  ExpectNothingMore();
}

TEST_P(UsbTransferContract, LeavesTheWorldWithTransfersUnderWay) {
  PlugBoard("1-1", {UsbReply::Never()});
  const std::string block(os::kMaxBulk, 'x');
  Submit(Claimed("1-1"), {BulkOut{1, block}, minutes(1)});
  world_.reset();
}

// ---- reset and power

TEST_P(UsbTransferContract, ResetsOneDeviceSoThatItLeavesAndArrivesAgain) {
  const auto board = PlugBoard("1-1");
  const auto neighbour = PlugBoard("1-2");
  ASSERT_TRUE(bus().Watch().has_value());
  Next(2);
  const os::UsbHandle before = Claimed("1-1");
  const auto id = Submit(before, {BulkOut{1, kHang}, minutes(1)});
  ASSERT_TRUE(bus().Reset(before).has_value());
  EXPECT_THAT(Next(3), ElementsAre(UsbCompleted{id, UsbOutcome::kGone, 0}, UsbLeft{At("1-1")},
                                   UsbArrived{Board("1-1")}));
  ExpectFails(bus().Submit(before, {BulkOut{1, "x"}}), ErrorKind::kGone);
  Submit(Claimed("1-1"), {BulkOut{1, "two"}});
  EXPECT_EQ(Completion().outcome, UsbOutcome::kDone);
  EXPECT_EQ(board->got(), "two");
  EXPECT_EQ(board->resets(), 1);
  EXPECT_EQ(neighbour->resets(), 0);
}

TEST_P(UsbTransferContract, HasNothingToOpenWhileADeviceIsBeingReset) {
  PlugBoard("1-1");
  ASSERT_TRUE(bus().Watch().has_value());
  Next(1);
  ASSERT_TRUE(bus().Reset(Claimed("1-1")).has_value());
  ExpectFails(bus().Open(At("1-1")), ErrorKind::kNotFound);
  EXPECT_THAT(Next(2), ElementsAre(UsbLeft{At("1-1")}, UsbArrived{Board("1-1")}));
}

TEST_P(UsbTransferContract, ClosesADeviceThatIsBeingReset) {
  const auto board = PlugBoard("1-1");
  ASSERT_TRUE(bus().Watch().has_value());
  Next(1);
  const os::UsbHandle handle = Claimed("1-1");
  ASSERT_TRUE(bus().Reset(handle).has_value());
  ExpectFails(bus().Reset(handle), ErrorKind::kGone);
  bus().Close(handle);
  EXPECT_THAT(Next(2), ElementsAre(UsbLeft{At("1-1")}, UsbArrived{Board("1-1")}));
  EXPECT_EQ(board->resets(), 1);
}

TEST_P(UsbTransferContract, CutsThePowerOfOnePort) {
  Plug(Hub("1-1"));
  world_->SetHubPower(At("1-1"), sim::HubPower::kPerPort);
  PlugBoard("1-1.2");
  PlugBoard("1-1.3");
  ASSERT_TRUE(bus().SetPortPower(At("1-1.3"), Power::kOff).has_value());
  ASSERT_TRUE(bus().SetPortPower(At("1-1.3"), Power::kOn).has_value());
  EXPECT_EQ(world_->PowerCuts(At("1-1.2")), 0);
  EXPECT_EQ(world_->PowerCuts(At("1-1.3")), 1);
}

TEST_P(UsbTransferContract, BringsWhatAHubSaysOfItsPortsPowerThoughItIsTheKernels) {
  Plug(Hub("1-1"));
  world_->SetHubPower(At("1-1"), sim::HubPower::kPerPort);
  const auto hub = bus().Open(At("1-1"));
  ASSERT_TRUE(hub.has_value()) << hub.error().message;
  // USB 2.0, 11.24.2.5 and 11.23.2.1: the lower two bits of the fourth byte.
  const auto id = Submit(hub->handle, {ControlIn{0xa0, 6, 0x2900, 0, 7}});
  const UsbCompleted completed = Completion();
  EXPECT_EQ(completed.transfer, id);
  EXPECT_EQ(completed.outcome, UsbOutcome::kDone);
  ASSERT_EQ(completed.bytes.size(), 7U);
  EXPECT_EQ(completed.bytes[1], 0x29);
  EXPECT_EQ(completed.bytes[3] & 3, 1);
}

TEST_P(UsbTransferContract, CannotCutPowerWithoutAHubThatCan) {
  ZPROV_NEEDS(Shows(UsbFact::kPowerlessHub), WhyNot(UsbFact::kPowerlessHub));
  Plug(Hub("1-1"));
  world_->SetHubPower(At("1-1"), sim::HubPower::kNone);
  PlugBoard("1-1.3");
  ExpectFails(bus().SetPortPower(At("1-1.3"), Power::kOff), ErrorKind::kNotSupported);
  ExpectFails(bus().SetPortPower(At("1-1.3.1"), Power::kOff), ErrorKind::kNotFound);
  ExpectFails(bus().SetPortPower(At("2-1.1"), Power::kOff), ErrorKind::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(, UsbTransferContract, testing::ValuesIn(UsbWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
