// A Zero on the cable, between two machines that are not there.
#include "vm/cable/cable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/vm/served_cable.h"

namespace zprov::vm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::Frame;
using tests::kLine;
using tests::MachinePort;
using Done = MachinePort::Done;

using ACable = tests::ServedCable;

TEST_F(ACable, StartsTheMachineFromTheBytesThatWereServed) {
  ServeAll();
  EXPECT_THAT(started,
              ElementsAre(Served{"the kernel", "the tree", "the initramfs", kLine, cable.serial()}))
      << said;
}

TEST_F(ACable, ShowsTheStagesOfABoardAtTheirSpeeds) {
  ServeFirstStage();
  EXPECT_THAT(host.plugged(), ElementsAre("0a5c:2763 full", "-", "0a5c:2764 high"));
}

TEST_F(ACable, StartsNoMachineWhenTheKernelIsMissing) {
  files.erase("kernel.img");
  ServeAll();
  EXPECT_THAT(started, IsEmpty());
  EXPECT_EQ(host.plugged().back(), "-");
}

TEST_F(ACable, StartsNoMachineForAGadgetThatItDoesNotHave) {
  files["cmdline.txt"] = "zprov.gadget=eem\n";
  ServeAll();
  EXPECT_THAT(started, IsEmpty());
  EXPECT_THAT(said, testing::HasSubstr("a gadget that this cable does not have"));
}

TEST_F(ACable, OffersTheGadgetOnceTheZerosOwnDriverListens) {
  ServeAll();
  zero = std::make_unique<MachinePort>(cable.zero_port());
  zero->Configure();
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "-");
  zero->BulkIn(1, 512);
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "0525:a4a2 high");
  EXPECT_EQ(zero->plugged().back(), "0525:a4a2 full");
}

// As cdc_ether takes it up: the second setting has the endpoints, and the link is said to be there.
TEST_F(ACable, OffersCdcEthernetWhereTheCommandLineSaysSo) {
  files["cmdline.txt"] = "zprov.gadget=ecm zprov.node=s0 zprov.mac=02:34:33:3c:50:2f\n";
  ServeAll();
  zero = std::make_unique<MachinePort>(cable.zero_port());
  zero->Configure();
  zero_read = zero->BulkIn(1, 512);
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "0525:a4a1 high");
  EXPECT_EQ(zero->plugged().back(), "0525:a4a2 full") << "its own driver is cdc_subset";
  EXPECT_THAT(host.endpoints(), IsEmpty());
  host.Configure();
  EXPECT_EQ(host.ResultOf(host.Set(1, 1)), Done{});
  EXPECT_THAT(host.endpoints(), ElementsAre("OUT 1 512", "IN 1 512"));
  EXPECT_EQ(host.ResultOf(host.Listen(2)), Done{});
  EXPECT_THAT(host.notices(), ElementsAre(SizeIs(8), SizeIs(16)));

  constexpr uint16_t kMacString = 0x0305;
  EXPECT_EQ(host.ResultOf(host.ControlIn({0x80, 6, kMacString, 0x0409, 255}))->bytes,
            StringDescriptor({"0234333C5030"}, 1));
  host_read = host.BulkIn(1, 10'000);
  zero->BulkOut(1, Frame(60, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(60, 'a')}));
}

// Of its configurations a Linux host chooses CDC Ethernet, value 1.
TEST_F(ACable, OffersGEtherWhereTheCommandLineHasWordsForThat) {
  files["cmdline.txt"] = "g_ether.host_addr=02:34:33:3c:50:30 g_ether.dev_addr=02:34:33:3c:50:2f\n";
  ServeAll();
  zero = std::make_unique<MachinePort>(cable.zero_port());
  zero->Configure();
  zero_read = zero->BulkIn(1, 512);
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "0525:a4a2 high");
  host.Configure(1);
  EXPECT_EQ(host.ResultOf(host.Set(1, 1)), Done{});
  EXPECT_THAT(host.endpoints(), ElementsAre("OUT 1 512", "IN 1 512"));
  constexpr uint16_t kMacString = 0x0309;
  EXPECT_EQ(host.ResultOf(host.ControlIn({0x80, 6, kMacString, 0x0409, 255}))->bytes,
            StringDescriptor({"0234333C5030"}, 1));
  host_read = host.BulkIn(1, 10'000);
  zero->BulkOut(1, Frame(60, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(60, 'a')}));
}

TEST_F(ACable, CarriesAFrameToTheZeroInPiecesThatEndShort) {
  ServeAll();
  TakeUpBothEnds();
  host.BulkOut(1, Frame(700, 'f'));
  EXPECT_EQ(zero->ResultOf(zero_read), (Done{0, Frame(512, 'f')}));
  EXPECT_EQ(zero->ResultOf(zero->BulkIn(1, 512)), (Done{0, Frame(188, 'f')}));
}

TEST_F(ACable, CarriesAFrameToTheHostOnceItsLastPacketIsThere) {
  ServeAll();
  TakeUpBothEnds();
  zero->BulkOut(1, Frame(64, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), std::nullopt);
  zero->BulkOut(1, Frame(10, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(74, 'a')}));
}

TEST_F(ACable, PadsAFrameThatWouldFillItsLastPacket) {
  ServeAll();
  TakeUpBothEnds();
  zero->BulkOut(1, Frame(512, 'a'));
  zero->BulkOut(1, "");
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(512, 'a') + std::string(1, '\0')}));
}

TEST_F(ACable, HoldsTheSenderBackWhileTheOtherEndFetchesNothing) {
  ServeAll();
  TakeUpBothEnds();
  std::vector<uint64_t> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(host.BulkOut(1, Frame(100, 'x')));
  EXPECT_NE(host.ResultOf(sent.front()), std::nullopt);
  EXPECT_EQ(host.ResultOf(sent.back()), std::nullopt);
  for (int i = 0; i < 100; ++i) {
    zero->BulkIn(1, 512);
    Pass(milliseconds(2));
  }
  EXPECT_EQ(host.ResultOf(sent.back()), Done{0});
}

TEST_F(ACable, IsABootRomAgainAfterTheMachineEnded) {
  ServeAll();
  TakeUpBothEnds();
  cable.MachineEnded();
  Pass(seconds(2));
  EXPECT_EQ(host.plugged().back(), "0a5c:2763 full");
  ServeAll();
  EXPECT_THAT(started, SizeIs(2));
}

}  // namespace
}  // namespace zprov::vm
