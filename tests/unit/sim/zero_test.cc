// The simulated Zeros, served by a hand-written server: from power to a node that reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/sim/zero_rig.h"

namespace zprov::sim::zero {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Zeros, BootFromRomToANodeThatReports) {
  Rig rig;
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
  EXPECT_EQ(rig.zero->first_stage(), "the first stage");
  EXPECT_EQ(rig.world.scene().Content("/x/s0/var/lib/zprov/mounted"), kNonce + "\n");
  const std::string report = rig.world.scene().Content("/x/s0/var/lib/zprov/boot.json");
  EXPECT_THAT(report, StartsWith("{\"nonce\":\"" + kNonce + "\",\"generation\":8,"));
  EXPECT_THAT(report, HasSubstr(rig.zero->serial()));
  EXPECT_THAT(rig.Arrivals(), StartsWith("9514 2763 2764 "));
  EXPECT_THAT(rig.Arrivals(), testing::EndsWith("a4a1 "));
}

// As over a hard mount: what it was to read it reads when the link is back.
TEST(Zeros, WaitForTheirRootWhileTheirLinkIsAway) {
  Rig rig;
  rig.ServeFor(minutes(1));
  ASSERT_EQ(rig.zero->stage(), Stage::kHealthy);
  const std::string link = rig.world.network().LinkAt(kPort)->name;
  ASSERT_TRUE(rig.world.network().SetLink(link, {.up = false}));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "halt " + kNonce + "\n");
  rig.LetPass(seconds(30));
  EXPECT_TRUE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
  ASSERT_TRUE(rig.world.network().SetLink(link, {.up = true}));
  rig.LetPass(minutes(1));
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
}

// With a supply of its own: it is the same boot that reads on when the plug is back.
TEST(Zeros, RunOnWithoutTheirPlugWhereTheyHaveAnotherSupply) {
  Rig rig;
  rig.ServeFor(minutes(1));
  ASSERT_EQ(rig.zero->stage(), Stage::kHealthy);
  rig.zero->UnplugAlive();
  EXPECT_EQ(rig.world.network().LinkAt(kPort), nullptr);
  EXPECT_EQ(rig.world.usb().Devices()->size(), 1u) << "the hub";
  rig.world.Put("/x/s0/var/lib/zprov/ask", "nothing\n");
  rig.ServeFor(seconds(30));
  EXPECT_TRUE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
  rig.zero->PlugInAlive();
  rig.ServeFor(minutes(1));
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
  EXPECT_EQ(rig.zero->boots(), 1);
}

TEST(Zeros, GetEveryFileAsItWasServed) {
  Rig rig;
  rig.ServeFor(minutes(1));
  auto expected = ZeroServer::ForS0();
  expected.erase("bootcode.bin");
  EXPECT_EQ(rig.zero->served().files, expected);
  EXPECT_THAT(rig.zero->served().changed, IsEmpty());
  EXPECT_THAT(rig.zero->served().asked,
              ElementsAre("autoboot.txt", "config.txt", "recovery.elf", "start.elf", "fixup.dat",
                          "recovery.elf", "config.txt", "config.txt", "dt-blob.bin", "config.txt",
                          "bootcfg.txt", "cmdline.txt", "recovery.img", "kernel.img", "initrd.img",
                          "bcm2708-rpi-zero.dtb", "config.txt", "overlays/overlay_map.dtb",
                          "overlays/dwc2.dtbo"));
}

TEST(Zeros, HaveASecondInterfaceInTheSecondStageAndNoThird) {
  Rig rig;
  Served served;
  const Profile profile;
  Random random(1, "1-1.3");
  rig.world.usb().Plug(
      {kNeighbour},
      std::make_shared<FileClient>(
          served, FileClient::Ways{profile, profile.patience, random, rig.world.clock()},
          FileClient::Told{}));
  os::UsbBus& bus = rig.world.usb();
  const os::UsbHandle handle = bus.Open(kNeighbour)->handle;
  EXPECT_TRUE(bus.Claim(handle, 0).has_value()) << "mass storage";
  EXPECT_TRUE(bus.Claim(handle, 1).has_value()) << "the vendor's";
  EXPECT_FALSE(bus.Claim(handle, 2).has_value());
}

TEST(Zeros, AskForAnOverlayByItsOlderNamesWhileItIsMissing) {
  Rig rig;
  auto files = ZeroServer::ForS0();
  files.erase("overlays/dwc2.dtbo");
  rig.server = std::make_unique<ZeroServer>(rig.world, files);
  rig.ServeFor(minutes(1));
  const auto& asked = rig.zero->served().asked;
  ASSERT_GE(asked.size(), 3U);
  EXPECT_THAT(std::vector<std::string>(asked.end() - 3, asked.end()),
              ElementsAre("overlays/dwc2.dtbo", "overlays/dwc2-overlay.dtb", "overlays/dwc2.dtb"));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(Zeros, AreSilentForTwoSecondsAfterTheirCommandLine) {
  Rig rig;
  const auto has_its_line = [&asked = rig.zero->served().asked] {
    return !asked.empty() && asked.back() == "cmdline.txt";
  };
  while (!has_its_line()) rig.ServeFor(std::chrono::milliseconds(1));
  const os::Moment begun = rig.world.clock().Now();
  while (has_its_line()) rig.ServeFor(std::chrono::milliseconds(1));
  const os::Moment silent = rig.world.clock().Now() - begun;
  EXPECT_GE(silent, std::chrono::milliseconds(2100));
  EXPECT_LE(silent, std::chrono::milliseconds(2210));
}

TEST(Zeros, NoticeAnAnswerThatChangesWithinOneBoot) {
  Rig rig;
  while (!rig.zero->served().HasFile("config.txt")) rig.ServeFor(std::chrono::milliseconds(10));
  rig.server->Change("config.txt", ZeroServer::ForS0().at("config.txt") + "# another\n");
  rig.ServeFor(minutes(1));
  EXPECT_THAT(rig.zero->served().changed, ElementsAre("config.txt"));
}

TEST(Zeros, ShowNothingMoreWhenTheirKernelIsMissing) {
  Rig rig;
  auto files = ZeroServer::ForS0();
  files.erase("kernel.img");
  rig.server = std::make_unique<ZeroServer>(rig.world, files);
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kDead);
  EXPECT_THAT(rig.Arrivals(), testing::EndsWith("2764 "));
}

// Which the host binds to cdc_subset: no cap on its MTU, and a MAC that nobody asked for.
TEST(Zeros, ShowAGethGadgetWhenTheirCommandLineSaysSo) {
  Rig rig;
  std::string line = ZeroServer::ForS0().at("cmdline.txt");
  line.replace(line.find("gadget=ecm"), 10, "gadget=geth");
  rig.server->Change("cmdline.txt", line);
  rig.ServeFor(minutes(1));
  EXPECT_THAT(rig.Arrivals(), testing::EndsWith("a4a2 "));
  const auto links = *rig.world.network().Links();
  ASSERT_EQ(links.back().usb, kPort);
  EXPECT_EQ(links.back().max_mtu, 65535U);
  EXPECT_NE(links.back().mac, *Mac::Parse("02:34:33:3c:50:22"));
}

TEST(Zeros, HaveSmallPacketsAtFullSpeed) {
  Rig rig;
  PlugZero(rig.world, {.port = kNeighbour, .profile = {.speed = UsbSpeed::kFull}});
  rig.ServeFor(minutes(1));
  const auto sets_mtu = [&rig](const PortPath& port) {
    constexpr uint32_t kFillsSmallPackets = 23 * 64 - 14;
    const Link* const link = rig.world.network().LinkAt(port);
    return link != nullptr &&
           rig.world.network().SetLink(link->name, {.mtu = kFillsSmallPackets}).has_value();
  };
  EXPECT_NE(rig.world.network().LinkAt(kNeighbour), nullptr);
  EXPECT_TRUE(sets_mtu(kPort));
  EXPECT_FALSE(sets_mtu(kNeighbour));
}

TEST(Zeros, LeaveAndComeBackInTheTimesThatLogsShow) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig({}, seed);
    rig.ServeFor(std::chrono::seconds(6));
    std::vector<int64_t> times;
    for (const std::string& line : rig.server->trace()) {
      if (line.ends_with(" left") || line.ends_with(" 2764")) times.push_back(std::stoll(line));
    }
    ASSERT_GE(times.size(), 2U) << "seed " << seed;
    const auto ms = [](int64_t ns) { return ns / 1'000'000; };
    EXPECT_THAT(ms(times[0]), testing::AllOf(testing::Ge(1400), testing::Le(2660))) << seed;
    EXPECT_THAT(ms(times[1] - times[0]), testing::AllOf(testing::Ge(1260), testing::Le(1500)))
        << seed;
  }
}

TEST(Zeros, DoTheSameAgainFromTheSameSeedAndElseFromAnother) {
  Rig first;
  Rig second;
  Rig other({}, 2);
  for (Rig* rig : {&first, &second, &other}) rig->ServeFor(minutes(1));
  EXPECT_EQ(first.server->trace(), second.server->trace());
  EXPECT_NE(first.server->trace(), other.server->trace());
}

TEST(Zeros, AnswerProbesOnceTheirLinkIsInTheBridge) {
  Rig rig;
  rig.ServeFor(minutes(1));
  const auto probe = rig.world.network().Probe("br0", *Ipv4::Parse("192.168.7.33"));
  ASSERT_TRUE(probe.has_value());
  os::Event event = *rig.world.queue().Next(rig.world.clock().Now() + minutes(1));
  EXPECT_EQ(event, os::Event(os::ProbeAnswered{*probe, true}));
}

TEST(Zeros, CarryTheMacsOfTheirCommandLine) {
  Rig rig;
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.world.network().LinkAt(kPort)->mac, *Mac::Parse("02:34:33:3c:50:22"));
}

TEST(Zeros, GiveTheHostsEndTheNextMac) {
  const Orders orders = Orders::Of("zprov.gadget=ecm zprov.mac=02:34:33:3c:50:ff");
  EXPECT_EQ(orders.own_mac, Mac::Parse("02:34:33:3c:50:ff"));
  EXPECT_EQ(orders.host_mac, Mac::Parse("02:34:33:3c:51:00"));
}

TEST(Zeros, LeaveTheBusWhenTheHostAsksThemToHalt) {
  Rig rig;
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "halt " + kNonce + "\n");
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHalted);
  EXPECT_EQ(rig.world.network().LinkAt(kPort), nullptr);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
}

TEST(Zeros, BootAgainWhenTheHostAsksThemToReboot) {
  Rig rig;
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "reboot " + kNonce + "\n");
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
  EXPECT_EQ(rig.zero->boots(), 2);
}

TEST(Zeros, DoNotObeyAnOrderToAnotherBoot) {
  Rig rig;
  rig.ServeFor(minutes(1));
  rig.world.Put("/x/s0/var/lib/zprov/ask", "halt ffffffffffffffffffffffffffffffff\n");
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/ask"));
}

TEST(Zeros, BeginAnewInRomWhenTheHostLosesItsPower) {
  Rig rig;
  rig.ServeFor(minutes(1));
  rig.world.CutPower();
  EXPECT_EQ(rig.zero->stage(), Stage::kRom);
  EXPECT_THAT(*rig.world.usb().Devices(), Contains(os::UsbDevice{kPort, 0x0a5c, 0x2763, 0, 0}));
}

TEST(Zeros, AreNotMountedWithoutAnExport) {
  Rig rig;
  rig.world.Put("/etc/exports", "/x/s0 192.168.7.99(rw)\n");
  (void)rig.world.nfs().Exportfs({"exportfs", "-ra"});
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kGadget);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/mounted"));
}

// fixtures/kernels/README.md, NFS: the server's answers go to the port that has the address.
TEST(Zeros, AreNotMountedUnderAnAddressThatIsPinnedToAnotherPort) {
  Rig rig;
  Network& network = rig.world.network();
  network.Add({.name = "s9", .mac = *Mac::Parse("02:34:33:3c:50:46")});
  ASSERT_TRUE(network.SetLink("s9", {.master = "br0", .up = true}));
  ASSERT_TRUE(network.Pin("s9", *Mac::Parse("02:34:33:3c:50:45"), *Ipv4::Parse("192.168.7.33")));
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kGadget);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/mounted"));
  network.Unpin("s9");
  rig.ServeFor(minutes(1));
  EXPECT_EQ(rig.zero->stage(), Stage::kHealthy);
}

TEST(Zeros, StayMountedWithoutAReportWhenTheRootHasNoZprovNode) {
  Rig rig;
  rig.world.scene().Remove("/x/s0/usr/lib/zprov/zprov-node");
  rig.ServeFor(minutes(2));
  EXPECT_EQ(rig.zero->stage(), Stage::kMounted);
  EXPECT_FALSE(rig.world.scene().Has("/x/s0/var/lib/zprov/boot.json"));
}

TEST(Zeros, GoNowhereWithAFirstStageThatTheyDoNotTake) {
  Rig rig;
  const auto other = PlugZero(rig.world, {.port = kNeighbour, .first_stage = "another"});
  rig.ServeFor(minutes(1));
  EXPECT_EQ(other->stage(), Stage::kRom);
  EXPECT_EQ(other->first_stage(), "");
}

}  // namespace
}  // namespace zprov::sim::zero
