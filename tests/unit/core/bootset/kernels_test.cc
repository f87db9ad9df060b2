// Which kernels a tree has, and whose they are.
#include "core/bootset/kernels.h"

#include <gmock/gmock.h>

#include "core/bootset/kernel_image.h"
#include "unit/core/bootset/trees.h"

namespace zprov::bootset {
namespace {

using spec::BootArch;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Kernels, ComeNewestFirstAndOnceEach) {
  const Kernels kernels = KernelsIn(Debian(), BootArch::kArm);
  EXPECT_THAT(kernels.usable,
              ElementsAre(Kernel{"6.1.0-44-rpi", "/boot/firmware/vmlinuz-6.1.0-44-rpi"},
                          Kernel{"6.1.0-9-rpi", "/boot/vmlinuz-6.1.0-9-rpi"}));
  EXPECT_THAT(kernels.without_modules, IsEmpty());
}

TEST(Kernels, WithoutModulesInTheRootAreNotUsable) {
  Available tree = Debian();
  tree.modules.erase("6.1.0-44-rpi");
  const Kernels kernels = KernelsIn(tree, BootArch::kArm);
  EXPECT_THAT(kernels.usable, ElementsAre(Kernel{"6.1.0-9-rpi", "/boot/vmlinuz-6.1.0-9-rpi"}));
  EXPECT_THAT(kernels.without_modules,
              ElementsAre(Kernel{"6.1.0-44-rpi", "/boot/firmware/vmlinuz-6.1.0-44-rpi"}));
}

TEST(Kernels, WithoutANumberGoWithTheModulesForARMv6) {
  EXPECT_THAT(KernelsIn(RaspberryPiOs(), BootArch::kArm).usable,
              ElementsAre(Kernel{"6.1.21+", "/boot/kernel.img"}));
}

TEST(Kernels, WithoutANumberHaveNoVersionWhenNoModulesFit) {
  Available tree = RaspberryPiOs();
  tree.modules.erase("6.1.21+");
  const Kernels kernels = KernelsIn(tree, BootArch::kArm);
  EXPECT_THAT(kernels.usable, IsEmpty());
  EXPECT_THAT(kernels.without_modules, ElementsAre(Kernel{"", "/boot/kernel.img"}));
}

TEST(Kernels, OfTodaysRaspberryPiOsAreTheOnesForARMv6) {
  Available tree;
  tree.modules = {"6.6.31+rpt-rpi-v6", "6.6.31+rpt-rpi-v7", "6.6.31+rpt-rpi-v7l",
                  "6.6.31+rpt-rpi-v8"};
  tree.places = {{"/boot/firmware", {"kernel.img", "kernel7.img", "kernel8.img"}, {}},
                 {"/boot", {}, {}}};
  for (const std::string& version : tree.modules) tree.places[1].files.insert("vmlinuz-" + version);
  const Kernels kernels = KernelsIn(tree, BootArch::kArm);
  EXPECT_THAT(kernels.usable,
              ElementsAre(Kernel{"6.6.31+rpt-rpi-v6", "/boot/vmlinuz-6.6.31+rpt-rpi-v6"}));
  EXPECT_EQ(kernels.other_boards.size(), 3U);
}

TEST(Kernels, ForAnyBoardAreAllUsable) {
  Available tree = Debian();
  tree.places[3].files.insert("vmlinuz-6.6.1-v7l");
  tree.modules.insert("6.6.1-v7l");
  EXPECT_EQ(KernelsIn(tree, BootArch::kAny).usable.front().version, "6.6.1-v7l");
  EXPECT_EQ(KernelsIn(tree, BootArch::kArm).usable.front().version, "6.1.0-44-rpi");
}

TEST(Kernels, OfANamedDirectoryAreTheOnlyOnes) {
  Available tree = Debian();
  tree.from = "/srv/pinned";
  tree.places.insert(tree.places.begin(), {"/srv/pinned", {"vmlinuz-6.1.0-9-rpi"}, {}});
  EXPECT_THAT(KernelsIn(tree, BootArch::kArm).usable,
              ElementsAre(Kernel{"6.1.0-9-rpi", "/srv/pinned/vmlinuz-6.1.0-9-rpi"}));
}

TEST(Kernels, AreLookedForElsewhereWhenTheNamedDirectoryHasNone) {
  Available tree = Debian();
  tree.from = "/srv/firmware";
  tree.places.insert(tree.places.begin(), {"/srv/firmware", {"bootcode.bin"}, {}});
  EXPECT_EQ(KernelsIn(tree, BootArch::kArm).usable.front().version, "6.1.0-44-rpi");
}

TEST(Kernels, HaveVersionsThatCouldNeverBeAnOptionToAProgram) {
  Available tree;
  tree.modules = {"-o", "--help", ""};
  tree.places = {{"/boot", {"vmlinuz--o", "vmlinuz---help", "vmlinuz-", "vmlinuz"}, {}}};
  EXPECT_EQ(KernelsIn(tree, BootArch::kAny), Kernels{});
}

TEST(Kernels, LeftOverByDpkgOrAPersonDoNotCount) {
  Available tree;
  tree.modules = {"6.1.0-44-rpi", "6.1.0-44-rpi.old", "6.1.0-45-rpi.dpkg-new"};
  tree.places = {{"/boot", {"vmlinuz-6.1.0-44-rpi.old", "vmlinuz-6.1.0-45-rpi.dpkg-new"}, {}}};
  EXPECT_EQ(KernelsIn(tree, BootArch::kArm), Kernels{});
}

TEST(Places, StartWithTheNamedDirectory) {
  EXPECT_THAT(PlacesFor("/srv/pinned", {"6.1.21+"}),
              ElementsAre("/srv/pinned", "/usr/lib/linux-image-6.1.21+", "/boot/firmware", "/boot",
                          "/usr/lib/raspi-firmware"));
  EXPECT_THAT(PlacesFor("/boot", {}),
              ElementsAre("/boot", "/boot/firmware", "/usr/lib/raspi-firmware"));
}

std::string WithMagic(size_t at, std::string_view magic) {
  std::string content(4096, '\0');
  return content.replace(at, magic.size(), magic);
}

TEST(KernelImages, AreToldByTheirMagic) {
  EXPECT_EQ(ImageOf(WithMagic(36, "\x18\x28\x6f\x01")), KernelImage::kArm);
  EXPECT_EQ(ImageOf(WithMagic(56, "ARM\x64")), KernelImage::kArm64);
  EXPECT_EQ(ImageOf(WithMagic(514, "HdrS")), KernelImage::kPc);
  EXPECT_EQ(ImageOf(WithMagic(0, "\x1f\x8b\x08")), KernelImage::kCompressed);
  EXPECT_EQ(ImageOf("kernel.img of the host\n"), KernelImage::kUnknown);
  EXPECT_EQ(ImageOf(""), KernelImage::kUnknown);
  EXPECT_EQ(ImageOf(WithMagic(36, "\x18\x28\x6f\x01").substr(0, 39)), KernelImage::kUnknown);
}

TEST(KernelImages, SayHowLongTheyAreWhenTheyAreFor32BitArm) {
  const std::string magic("\x18\x28\x6f\x01", 4);
  const std::string start("\0\x10\0\0", 4);
  const std::string end("\xa8\x1e\x40\0", 4);
  EXPECT_EQ(StatedSize(WithMagic(36, magic + start + end)), 0x400ea8);
  EXPECT_EQ(StatedSize(WithMagic(36, magic + start + end).substr(0, 48)), 0x400ea8);
  EXPECT_EQ(StatedSize(WithMagic(36, magic + start + end).substr(0, 47)), std::nullopt);
  EXPECT_EQ(StatedSize(WithMagic(36, magic + end + start)), std::nullopt)
      << "ends before it starts";
  EXPECT_EQ(StatedSize(WithMagic(514, "HdrS")), std::nullopt);
}

TEST(KernelImages, BootOnAZeroOnlyWhenTheyAreFor32BitArm) {
  for (KernelImage image : {KernelImage::kArm, KernelImage::kArm64, KernelImage::kPc,
                            KernelImage::kCompressed, KernelImage::kUnknown}) {
    EXPECT_EQ(CanBoot(image, BootArch::kArm), image == KernelImage::kArm) << Describe(image);
    EXPECT_TRUE(CanBoot(image, BootArch::kAny)) << Describe(image);
  }
}

}  // namespace
}  // namespace zprov::bootset
