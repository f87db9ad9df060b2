// Which file answers which name, and what a miss means.
#include "core/usbboot/lookup.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace zprov::usbboot {
namespace {

Places Zero() { return {"/x/sboot", *PortPath::Parse("1-1.3"), "2710", "/x/.zprov/gen/8/boot"}; }

using Paths = std::vector<std::string>;

TEST(UsbBootLookup, LooksInThePortsOverlayThenTheChipsThenAtTheTopThenInTheGeneration) {
  EXPECT_EQ(DirectoriesFor(Zero(), "config.txt"),
            (Paths{"/x/sboot/1-1.3", "/x/sboot/2710", "/x/sboot", "/x/.zprov/gen/8/boot"}));
}

TEST(UsbBootLookup, TakesNoFirstStageFromAPortsOverlay) {
  for (const char* name : {"bootcode.bin", "bootcode4.bin", "bootcode5.bin"}) {
    EXPECT_EQ(DirectoriesFor(Zero(), name),
              (Paths{"/x/sboot/2710", "/x/sboot", "/x/.zprov/gen/8/boot"}));
  }
}

TEST(UsbBootLookup, HasNoGenerationToLookInBeforeTheFirst) {
  Places places = Zero();
  places.generation = "";
  EXPECT_EQ(DirectoriesFor(places, "start.elf"),
            (Paths{"/x/sboot/1-1.3", "/x/sboot/2710", "/x/sboot"}));
}

TEST(UsbBootLookup, MakesTheCommandLineAndTheConfigurationAndNothingElse) {
  EXPECT_EQ(RenderedFor("cmdline.txt"), Rendered::kCommandLine);
  EXPECT_EQ(RenderedFor("config.txt"), Rendered::kConfig);
  EXPECT_EQ(RenderedFor("start.elf"), std::nullopt);
  EXPECT_EQ(RenderedFor("old/cmdline.txt"), std::nullopt);
}

TEST(UsbBootLookup, PutsTheNonceBehindTheFirstLine) {
  EXPECT_EQ(WithNonce("root=/dev/nfs rw\n", "ab12"), "root=/dev/nfs rw zprov.boot=ab12\n");
  EXPECT_EQ(WithNonce("root=/dev/nfs", "ab12"), "root=/dev/nfs zprov.boot=ab12");
  EXPECT_EQ(WithNonce("one\r\ntwo\r\n", "ab12"), "one zprov.boot=ab12\r\ntwo\r\n");
}

TEST(UsbBootLookup, KnowsACommandLineAlsoBelowAPrefix) {
  EXPECT_TRUE(IsCommandLine("cmdline.txt"));
  EXPECT_TRUE(IsCommandLine("debian/cmdline.txt"));
  EXPECT_FALSE(IsCommandLine("mycmdline.txt"));
}

TEST(UsbBootLookup, ExpectsTheMissesOfEveryBoot) {
  for (const char* name :
       {"autoboot.txt", "recovery.elf", "dt-blob.bin", "bootcfg.txt", "recovery.img",
        "overlays/overlay_map.dtb", "overlays/dwc2-overlay.dtb", "overlays/dwc2.dtb"}) {
    EXPECT_EQ(Judge(name), Miss::kExpected) << name;
  }
}

TEST(UsbBootLookup, SuspectsTheMissesThatABootMayFailFor) {
  for (const char* name : {"start.elf", "fixup.dat", "kernel.img", "initrd.img", "cmdline.txt",
                           "config.txt", "bcm2708-rpi-zero.dtb", "overlays/dwc2.dtbo"}) {
    EXPECT_EQ(Judge(name), Miss::kSuspicious) << name;
  }
}

}  // namespace
}  // namespace zprov::usbboot
