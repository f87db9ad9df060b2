// What the firmware asks for and does not get.
#include "unit/core/lint/matchers.h"
#include "unit/core/lint/subject.h"

namespace zprov::lint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServedFiles, OfASoundBootSetGiveNoFinding) { EXPECT_THAT(Sound().Found(), IsEmpty()); }

TEST(ServedFiles, ThatTheFirmwareNeedsMustBeThere) {
  for (const char* name : {"bootcode.bin", "start.elf", "fixup.dat", "kernel.img", "initrd.img",
                           "bcm2708-rpi-zero.dtb"}) {
    World world = Sound();
    world.node().files->erase(name);
    EXPECT_THAT(world.Found(), ElementsAre(IsError(std::string(name) + ", is missing"))) << name;
  }
}

TEST(ServedFiles, ThatAreEmptyAreMissingToABoard) {
  World world = Sound();
  world.node().files->at("start.elf").bytes = 0;
  EXPECT_THAT(world.Found(), ElementsAre(IsError("start.elf, is empty")));
}

TEST(ServedFiles, InOtherLettersAreNotThereForTheFirmware) {
  World world = Sound();
  auto file = world.node().files->extract("start.elf");
  file.key() = "START.ELF";
  world.node().files->insert(std::move(file));
  EXPECT_THAT(world.Found(), ElementsAre(IsError("is there as START.ELF")));
}

TEST(ServedFiles, AreTheOnesThatConfigTxtNames) {
  World world = Sound();
  world.node().config = {"/x/sboot/1-1.2/config.txt",
                         "kernel=vmlinuz\ninitramfs other.gz followkernel\ngpu_mem=16\n"
                         "upstream_kernel=1\n[pi4]\nkernel=kernel8.img\n"};
  world.node().files->erase("bcm2835-rpi-zero.dtb");
  EXPECT_THAT(world.Found(),
              ElementsAre(IsError("start_cd.elf"), IsError("fixup_cd.dat"), IsError("vmlinuz"),
                          IsError("other.gz"), IsError("bcm2835-rpi-zero.dtb")));
}

TEST(ServedFiles, OfADeviceTreeAreTheBoards) {
  World world = Sound();
  world.spec.nodes[0].board = "zero-w";
  EXPECT_THAT(world.Found(), ElementsAre(IsError("bcm2708-rpi-zero-w.dtb")));
  world.AddToConfig("device_tree=my.dtb");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("my.dtb")));
}

TEST(ServedFiles, WithoutAnOverlayBootWithAWarning) {
  World world = Sound();
  world.AddToConfig("dtoverlay=i2c-rtc,ds1307");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("overlays/i2c-rtc.dtbo, is missing")));
  world.node().files->emplace("overlays/i2c-rtc-overlay.dtb", Served{"/b/o", 1});
  EXPECT_THAT(world.Found(), IsEmpty()) << "an older name";
  world.AddToConfig("dtoverlay=DWC2");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("is there as overlays/dwc2.dtbo")));
}

TEST(ServedFiles, NeedNoOtherCommandLine) {
  World world = Sound();
  world.AddToConfig("cmdline=mine.txt");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("mine.txt, is missing")));
}

TEST(ServedFiles, ThatAStandInLacksAreNoErrors) {
  World world = Sound();
  world.spec.boot_arch = spec::BootArch::kAny;
  world.node().files->erase("bootcode.bin");
  world.node().files->erase("bcm2708-rpi-zero.dtb");
  world.node().files->erase("kernel.img");
  EXPECT_THAT(world.Found(),
              ElementsAre(IsWarning("bootcode.bin"), IsError("kernel.img, is missing"),
                          IsWarning("bcm2708-rpi-zero.dtb")));
}

TEST(ServedFiles, GiveEachFindingOnceForAllNodes) {
  World world = Sound();
  world.spec = Sound().spec;
  world.node().files->erase("start.elf");
  world.facts.nodes.push_back(world.node());
  EXPECT_THAT(world.Found(), ElementsAre(IsError("start.elf, is missing")));
}

TEST(ServedFiles, OfANodeThatTheSpecLacksAreNotLookedAt) {
  World world = Sound();
  world.node().node = "s9";
  world.node().files->clear();
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(ServedFiles, ThatNobodyLookedAtGiveNoFinding) {
  World world = Sound();
  world.node().files.reset();
  EXPECT_THAT(world.Found(), IsEmpty());
}

}  // namespace
}  // namespace zprov::lint
