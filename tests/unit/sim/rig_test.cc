// The rig of the demo: five boards that boot from its own boot set, all at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/boot_files.h"
#include "sim/scenarios/hosts.h"
#include "unit/sim/zero_server.h"

namespace zprov::sim {
namespace {

using std::chrono::seconds;
using testing::Each;
using testing::IsEmpty;
using tests::ZeroServer;
using zero::Fault;
using zero::Stage;

// What its /boot holds, with the files that a host makes for its nodes.
ZeroServer::Files BootSetOf(World& world) {
  ZeroServer::Files files;
  for (const char* name : {"bootcode.bin", "start.elf", "fixup.dat", "bcm2708-rpi-zero.dtb",
                           "kernel.img", "overlays/dwc2.dtbo", "overlays/overlay_map.dtb"}) {
    files[name] = world.scene().Content("/boot/" + std::string(name));
  }
  files["config.txt"] = "initramfs initrd.img followkernel\ndtoverlay=dwc2\n";
  files["cmdline.txt"] = "root=/dev/nfs nfsroot=192.168.7.2:/x/s0 ip=192.168.7.33:192.168.7.2\n";
  files["initrd.img"] = "an initramfs";
  return files;
}

std::vector<Stage> StagesOf(const std::vector<std::shared_ptr<zero::Zero>>& zeros) {
  std::vector<Stage> stages;
  for (const auto& zero : zeros) stages.push_back(zero->stage());
  return stages;
}

TEST(Rig, HasFiveBoardsInRomBehindTwoHubs) {
  World world;
  const auto zeros = RigWithZeros(world);
  EXPECT_THAT(StagesOf(zeros), testing::ElementsAre(Stage::kRom, Stage::kRom, Stage::kRom,
                                                    Stage::kRom, Stage::kRom));
  EXPECT_EQ(world.usb().Devices()->size(), 7U);
}

TEST(Rig, BootsItsFiveBoardsAtOnceToTheirGadgets) {
  World world;
  const auto zeros = RigWithZeros(world);
  ZeroServer server(world, BootSetOf(world));
  server.ServeUntil(seconds(40));
  EXPECT_THAT(StagesOf(zeros), Each(Stage::kGadget));
  for (const auto& zero : zeros) EXPECT_THAT(zero->served().changed, IsEmpty());
}

TEST(Rig, LetsOneBoardBeSickAndTheOthersBootInTheSameTime) {
  const auto booted_after = [](const TroublesByPort& troubles) {
    World world;
    const auto zeros = RigWithZeros(world, troubles);
    ZeroServer server(world, BootSetOf(world));
    int seconds_taken = 0;
    while (zeros[4]->stage() != Stage::kGadget && seconds_taken < 100) {
      server.ServeUntil(seconds(++seconds_taken));
    }
    return seconds_taken;
  };
  EXPECT_EQ(booted_after({{"1-1.2", {{Fault::kRomDeaf}}}}), booted_after({}));
}

TEST(Rig, CutsThePowerOfAllBoardsOfAHubWithOne) {
  World world;
  const auto zeros = RigWithZeros(world);
  const PortPath port = *PortPath::Parse("1-1.2");
  ASSERT_TRUE(world.usb().SetPortPower(port, os::UsbBus::PortPower::kOff).has_value());
  EXPECT_THAT(StagesOf(zeros), Each(Stage::kOff));
  EXPECT_EQ(world.usb().PowerCuts(*PortPath::Parse("1-1.5.1")), 1);
  ASSERT_TRUE(world.usb().SetPortPower(port, os::UsbBus::PortPower::kOn).has_value());
  world.clock().Advance(seconds(1));
  world.queue().CatchUp();
  EXPECT_THAT(StagesOf(zeros), Each(Stage::kRom));
}

}  // namespace
}  // namespace zprov::sim
