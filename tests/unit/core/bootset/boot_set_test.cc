// What is served under which name, and why there is nothing to serve.
#include "core/bootset/boot_set.h"

#include <gmock/gmock.h>

#include "core/spec/format.h"
#include "unit/core/bootset/trees.h"

namespace zprov::bootset {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Kernel kNewest{"6.1.0-44-rpi", "/boot/firmware/vmlinuz-6.1.0-44-rpi"};
const Kernel kPlain{"6.1.21+", "/boot/kernel.img"};

spec::ClusterSpec Zeros() { return spec::ProcedureSpec(2, spec::Mode::kNative).value(); }

TEST(BootSet, GivesEveryServedNameItsFile) {
  const Choice choice = Choose(RaspberryPiOs(), Zeros(), kPlain).value();
  EXPECT_EQ(choice.version, "6.1.21+");
  EXPECT_THAT(choice.files,
              ElementsAre(ServedFile{"/boot/bootcode.bin", "bootcode.bin"},
                          ServedFile{"/boot/start.elf", "start.elf"},
                          ServedFile{"/boot/fixup.dat", "fixup.dat"},
                          ServedFile{"/boot/kernel.img", "kernel.img"},
                          ServedFile{"/boot/bcm2708-rpi-zero.dtb", "bcm2708-rpi-zero.dtb"},
                          ServedFile{"/boot/bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb"},
                          ServedFile{"/boot/overlays/dwc2.dtbo", "overlays/dwc2.dtbo"}));
  EXPECT_THAT(choice.warnings, IsEmpty());
}

TEST(BootSet, TakesDebiansDeviceTreeFromTheKernelsOwnPackage) {
  const Choice choice = Choose(Debian(), Zeros(), kNewest).value();
  const std::string package = "/usr/lib/linux-image-6.1.0-44-rpi/bcm2835-rpi-zero.dtb";
  EXPECT_THAT(choice.files, Contains(ServedFile{package, "bcm2835-rpi-zero.dtb"}));
  EXPECT_THAT(choice.files, Contains(ServedFile{package, "bcm2708-rpi-zero.dtb"}));
}

TEST(BootSet, NeverTakesADeviceTreeFromAnotherKernelsPackage) {
  Available tree = Debian();
  tree.places[0].files.clear();
  const Choice choice = Choose(tree, Zeros(), kNewest).value();
  EXPECT_THAT(choice.files,
              Contains(ServedFile{"/boot/firmware/bcm2835-rpi-zero.dtb", "bcm2835-rpi-zero.dtb"}));
}

TEST(BootSet, HasTheDeviceTreesOfEveryBoardInTheSpec) {
  spec::ClusterSpec spec = Zeros();
  spec.nodes[1].board = "zero-w";
  const Choice choice = Choose(RaspberryPiOs(), spec, kPlain).value();
  for (const char* name : {"bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb", "bcm2708-rpi-zero-w.dtb",
                           "bcm2835-rpi-zero-w.dtb"})
    EXPECT_THAT(choice.files, Contains(::testing::Field(&ServedFile::name, name)));
}

TEST(BootSet, ServesEachDeviceTreeUnderItsOwnNameWhereBothAreThere) {
  Available tree = RaspberryPiOs();
  tree.places[0].files.insert("bcm2835-rpi-zero.dtb");
  const Choice choice = Choose(tree, Zeros(), kPlain).value();
  EXPECT_THAT(choice.files,
              Contains(ServedFile{"/boot/bcm2708-rpi-zero.dtb", "bcm2708-rpi-zero.dtb"}));
  EXPECT_THAT(choice.files,
              Contains(ServedFile{"/boot/bcm2835-rpi-zero.dtb", "bcm2835-rpi-zero.dtb"}));
}

TEST(BootSet, NeedsADeviceTreeForEachBoardAndSaysWhereItLooked) {
  spec::ClusterSpec spec = Zeros();
  spec.nodes[0].board = "zero-w";
  Available tree = RaspberryPiOs();
  tree.places[0].files.erase("bcm2708-rpi-zero-w.dtb");
  const auto choice = Choose(tree, spec, kPlain);
  ASSERT_FALSE(choice.has_value());
  EXPECT_EQ(choice.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(choice.error().message,
              AllOf(HasSubstr("\"zero-w\""), HasSubstr("bcm2708-rpi-zero-w.dtb"),
                    HasSubstr("in /boot"), HasSubstr("boot.from")));
}

TEST(BootSet, TakesAllFirmwareFromOnePlace) {
  Available tree = Debian();
  tree.places[2].files.erase("fixup.dat");
  const auto choice = Choose(tree, Zeros(), kNewest);
  ASSERT_FALSE(choice.has_value());
  EXPECT_EQ(choice.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(choice.error().message, AllOf(HasSubstr("fixup.dat"), HasSubstr("/boot/firmware")));
}

TEST(BootSet, TakesTheFirmwareOfDebiansPackageWhereNoneIsInBoot) {
  Available tree = Debian();
  for (const char* name : {"bootcode.bin", "start.elf", "fixup.dat"})
    tree.places[2].files.erase(name);
  EXPECT_THAT(Choose(tree, Zeros(), kNewest).value().files,
              Contains(ServedFile{"/usr/lib/raspi-firmware/start.elf", "start.elf"}));
}

TEST(BootSet, NeedsFirmwareAndSaysWhereItLooked) {
  Available tree = RaspberryPiOs();
  tree.places[0].files.erase("bootcode.bin");
  const auto choice = Choose(tree, Zeros(), kPlain);
  ASSERT_FALSE(choice.has_value());
  EXPECT_THAT(choice.error().message,
              AllOf(HasSubstr("bootcode.bin"), HasSubstr("/boot"), HasSubstr("raspi-firmware")));
}

TEST(BootSet, WithoutOverlaysIsABootSetWithAWarning) {
  Available tree = RaspberryPiOs();
  tree.places[0].overlays.clear();
  const Choice choice = Choose(tree, Zeros(), kPlain).value();
  EXPECT_THAT(choice.warnings, ElementsAre(HasSubstr("no overlays/ in /boot")));
}

TEST(NoKernel, NamesTheVersionWithoutModulesAndWhatToDo) {
  Available tree = Debian();
  tree.modules.clear();
  const Error error = NoKernel(tree, KernelsIn(tree, spec::BootArch::kArm), {});
  EXPECT_EQ(error.kind, ErrorKind::kRefused);
  EXPECT_THAT(error.message, AllOf(HasSubstr("6.1.0-44-rpi"), HasSubstr("lib/modules/6.1.0-44-rpi"),
                                   HasSubstr("install")));
}

TEST(NoKernel, SaysWhoseKernelItIs) {
  const Kernel pc{"6.1.0-44-amd64", "/boot/vmlinuz-6.1.0-44-amd64"};
  const Error error = NoKernel(Debian(), {.usable = {pc}}, {{pc, KernelImage::kPc}});
  EXPECT_THAT(error.message, AllOf(HasSubstr("6.1.0-44-amd64"), HasSubstr("a kernel for PCs"),
                                   HasSubstr("boot.from")));
}

TEST(NoKernel, SaysThatAnUnnumberedKernelHasNoModules) {
  Available tree = RaspberryPiOs();
  tree.modules.clear();
  EXPECT_THAT(NoKernel(tree, KernelsIn(tree, spec::BootArch::kArm), {}).message,
              AllOf(HasSubstr("/boot/kernel.img"), HasSubstr("lib/modules")));
}

TEST(NoKernel, SaysThatAKernelIsForLaterBoards) {
  const Kernels kernels{.other_boards = {{"6.1.21-v7+", "/boot/vmlinuz-6.1.21-v7+"}}};
  EXPECT_THAT(NoKernel(Debian(), kernels, {}).message,
              AllOf(HasSubstr("6.1.21-v7+"), HasSubstr("later boards")));
}

TEST(NoKernel, SaysWhereItLooked) {
  Available tree;
  tree.places = {{"/boot", {}, {}}};
  EXPECT_THAT(NoKernel(tree, {}, {}).message, AllOf(HasSubstr("no kernel"), HasSubstr("/boot")));
}

TEST(PassedOver, NamesNewerKernelsAndNoOlderOnes) {
  const Kernels kernels{.without_modules = {{"6.1.0-45-rpi", "/boot/vmlinuz-6.1.0-45-rpi"},
                                            {"6.1.0-9-rpi", "/boot/vmlinuz-6.1.0-9-rpi"}}};
  const std::vector<std::string> lines = PassedOver(kernels, {}, kNewest);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines.front(), AllOf(HasSubstr("6.1.0-45-rpi"), HasSubstr("6.1.0-44-rpi is used"),
                                   Not(HasSubstr("6.1.0-9-rpi"))));
}

}  // namespace
}  // namespace zprov::bootset
