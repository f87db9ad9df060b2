// What each fault of a simulated Zero does, and what ends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/sim/zero_rig.h"

namespace zprov::sim::zero {
namespace {

using os::UsbOutcome;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ZeroFaults, HaveANameEach) {
  for (const FaultName& each : kFaultNames) {
    EXPECT_EQ(FaultNamed(each.name), each.fault);
    EXPECT_EQ(NameOf(each.fault), each.name);
  }
  EXPECT_EQ(std::size(kFaultNames), static_cast<size_t>(Fault::kJamsHub) + 1) << "the last of them";
  EXPECT_EQ(FaultNamed("none"), std::nullopt);
}

TEST(ZeroFaults, ARomIsDeafUntilItsPowerIsCut) {
  Rig rig({{Fault::kRomDeaf, 1}});
  rig.ServeFor(minutes(1));
  EXPECT_THAT(rig.server->failures(kPort), ElementsAre(UsbOutcome::kTimedOut));
  EXPECT_EQ(rig.zero->stage(), Stage::kRom);
  rig.CyclePower();
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, ARomRefusesTheFileUntilItIsReset) {
  Rig rig({{Fault::kRomStalls, 1}});
  rig.ServeFor(std::chrono::seconds(1));
  EXPECT_THAT(rig.server->failures(kPort), ElementsAre(UsbOutcome::kStalled));
  ASSERT_TRUE(rig.world.usb().Reset(1).has_value());  // the first handle of that world
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, AStatusReadFailsThoughAllIsWell) {
  Rig rig({{Fault::kStatusReadFails}});
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.server->failures(kPort).front(), UsbOutcome::kGone);
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, ABoardNeverReturnsAfterTheFirstStageUntilItsPowerIsCut) {
  Rig rig({{Fault::kNeverReturns, 1}});
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kDead);
  EXPECT_EQ(rig.Arrivals(), "9514 2763 ");
  rig.CyclePower();
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, ABoardIsARomAgainAfterTheFirstStage) {
  Rig rig({{Fault::kReturnsAsRom, 1}});
  rig.ServeFor(minutes(1));
  EXPECT_THAT(rig.Arrivals(), StartsWith("9514 2763 2763 2764 "));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, AnUnservedSecondStageGoesDeaf) {
  Rig rig({{Fault::kImpatient}});
  rig.ServeFor(milliseconds(100));
  rig.server->Ignore(kPort);
  rig.ServeFor(std::chrono::seconds(8));
  ASSERT_EQ(rig.zero->stage(), Stage::kFileServer);
  const auto handle = rig.world.usb().Open(kPort)->handle;
  const os::UsbTransfer read{os::ControlIn{0xc0, 0, 260, 0, 260}};
  const auto id = rig.world.usb().Submit(handle, read);
  EXPECT_EQ(*rig.world.queue().Next(rig.world.clock().Now() + minutes(1)),
            os::Event(os::UsbCompleted{*id, UsbOutcome::kTimedOut, 0}));
}

TEST(ZeroFaults, ABoardVanishesWithinTheFirmwareAndIsARomAgain) {
  Rig rig({{Fault::kVanishesInBulk, 1}});
  rig.ServeFor(minutes(1));
  EXPECT_THAT(rig.server->failures(kPort), Contains(UsbOutcome::kGone));
  EXPECT_THAT(rig.Arrivals(), StartsWith("9514 2763 2764 2763 2764 "));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, ABoardShowsItselfAgainAndAgainAndBootsAllTheSame) {
  Rig rig({{Fault::kShowsItselfAgain}});
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.Arrivals(), "9514 2763 2764 2764 2764 2764 a4a1 ");
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, ABoardIsServedEverythingAndShowsNoGadget) {
  Rig rig({{Fault::kNoGadget}});
  rig.ServeFor(minutes(1));
  EXPECT_TRUE(rig.zero->served().HasFile("overlays/dwc2.dtbo"));
  EXPECT_THAT(rig.Arrivals(), Not(HasSubstr("a4a")));
}

TEST(ZeroFaults, AGadgetHasRandomMacs) {
  Rig rig({{Fault::kRandomMacs}});
  rig.ServeFor(minutes(1));
  const Mac mac = rig.world.network().LinkAt(kPort)->mac;
  EXPECT_NE(mac, *Mac::Parse("02:34:33:3c:50:22"));
  EXPECT_FALSE(mac.IsMulticast());
}

TEST(ZeroFaults, ALinkNeverHasACarrier) {
  Rig rig({{Fault::kNoCarrier}});
  rig.ServeFor(minutes(2));
  const Link* const link = rig.world.network().LinkAt(kPort);
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(link->up);
  EXPECT_FALSE(link->carrier);
  EXPECT_EQ(rig.zero->stage(), Stage::kGadget);
}

TEST(ZeroFaults, ARootIsNeverMounted) {
  Rig rig({{Fault::kNoMount}});
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kGadget);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/mounted"));
}

TEST(ZeroFaults, AHaltedBoardIsARomAgain) {
  Rig rig({{Fault::kRomAfterHalt}});
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "halt " + kNonce + "\n");
  rig.LetPass(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kRom);
}

TEST(ZeroFaults, ANodeDoesNothingThatItIsTold) {
  Rig rig({{Fault::kIgnoresOrders}});
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "halt " + kNonce + "\n");
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, AWarmRebootNeverComesBackAndPowerHelps) {
  Rig rig({{Fault::kNoWarmReboot}});
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "reboot " + kNonce + "\n");
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kDead);
  rig.CyclePower();
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(ZeroFaults, APortThatAnswersNothingHoldsUpItsSiblingsUntilItsPowerIsCut) {
  Rig rig({{Fault::kJamsHub, 1}});
  const auto sibling = PlugZero(rig.world, {.port = kNeighbour});
  rig.ServeFor(std::chrono::seconds(20));
  EXPECT_EQ(rig.Arrivals(), "9514 ");
  rig.CyclePower();
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
  EXPECT_TRUE(sibling->served().HasFile("kernel.img"));
  EXPECT_EQ(rig.world.usb().PowerCuts(kNeighbour), 0);
}

}  // namespace
}  // namespace zprov::sim::zero
