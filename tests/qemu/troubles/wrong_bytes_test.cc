// Wrong bytes mean here that real kernels do not come up: four Zeros, each with one file of the
// operator's own that is wrong, beside a fifth that is well. None of the four is healthy, and each
// one's cause is named before it is switched on and after it has failed.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/stories/story.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr seconds kUntilAllGaveUp{1500};

class WrongBytes : public Story {
 protected:
  // The Zero's initramfs without what makes it a USB network, where the host finds it.
  void PackAnInitramfsWithoutGadget() {
    const Ran packed = RunShell(
        fmt::format("set -e; mkdir -p {0}/tree {0}/payload/srv; cd {0}/tree; "
                    "gzip -dc {1}/initrd.img | cpio -i -d --quiet; "
                    "rm -r lib/modules/*/kernel/drivers/usb lib/modules/*/kernel/drivers/net/usb; "
                    "depmod -b . $(ls lib/modules); "
                    "find . | cpio -o -H newc --quiet | gzip >{0}/payload/srv/without-gadget.img",
                    Directory(), ZPROV_BUILD_DIR "/../vm/zero"));
    ASSERT_EQ(packed.exit_code, 0);
  }

  std::string StatusOf(int node) { return Expect(fmt::format("zprov status s{}", node), kShort); }
};

TEST_F(WrongBytes, KeepEachZeroDownAndAreNamed) {
  constexpr int kWrong = 4;
  constexpr int kZeros = 5;
  ASSERT_NO_FATAL_FAILURE(PackAnInitramfsWithoutGadget());
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(kZeros));
  Expect(
      "cd /x/sboot && mkdir -p 1-1 1-2 1-3 1-4 && "
      "head -c 2000000 /x/.zprov/current/s0/boot/kernel.img >1-1/kernel.img && "
      ": >1-2/bcm2708-rpi-zero.dtb && "
      "cp /srv/without-gadget.img 1-3/initrd.img && "
      "zprov render cmdline:s3 | sed 's/ip=192.168.7.45/ip=192.168.7.37/' >1-4/cmdline.txt",
      kShort);

  ASSERT_NO_FATAL_FAILURE(Chapter("each wrong file is found before a board is switched on"));
  const vm::Ran checked = Run("zprov check", kShort);
  EXPECT_NE(checked.exit_code, 0);
  EXPECT_THAT(checked.out + checked.err,
              AllOf(HasSubstr("/x/sboot/1-1/kernel.img: the kernel is cut off: 2000000 bytes of "),
                    HasSubstr("bcm2708-rpi-zero.dtb, is empty"),
                    HasSubstr("/x/sboot/1-3/initrd.img: no network gadget"),
                    HasSubstr("/x/sboot/1-4/cmdline.txt: the address of ip=192.168.7.37 "
                              "disagrees with the spec")));

  ASSERT_NO_FATAL_FAILURE(Chapter("none of them comes up, and their neighbour does"));
  const vm::Ran ran = Run("zprov --json boot", kUntilAllGaveUp);
  EXPECT_EQ(ran.exit_code, 1);
  const json booted = json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(booted.is_object()) << ran.err;
  for (int node = 0; node < kWrong; ++node) {
    EXPECT_EQ(booted["nodes"][node]["outcome"], "failed") << booted["nodes"][node];
  }
  EXPECT_EQ(booted["nodes"][kWrong]["stage"], "healthy") << booted["nodes"][kWrong];
  EXPECT_THAT(booted["nodes"][1]["missed"], "bcm2708-rpi-zero.dtb");
  EXPECT_THAT(StatusOf(0), AllOf(HasSubstr("it has all that it asked for, and Linux does not show"),
                                 HasSubstr("/x/sboot/1-1/kernel.img: the kernel is cut off")));
  EXPECT_THAT(StatusOf(1), HasSubstr("bcm2708-rpi-zero.dtb, is empty"));
  EXPECT_THAT(StatusOf(2), AllOf(HasSubstr("it has all that it asked for, and Linux does not show"),
                                 HasSubstr("/x/sboot/1-3/initrd.img: no network gadget")));
  EXPECT_THAT(StatusOf(3), AllOf(HasSubstr("the link is up, and its root is not mounted"),
                                 HasSubstr("the address of ip=192.168.7.37 disagrees")));

  // They failed for these very reasons, and the thief of an address has nobody's root.
  EXPECT_THAT(ConsoleOfZero(1), Not(HasSubstr("Run /init")));
  EXPECT_EQ(WordOfZero(2, "starts "), "");
  EXPECT_THAT(ConsoleOfZero(3), HasSubstr("zprov: waiting for a USB device controller"));
  EXPECT_EQ(Expect("ls /x/s1/var/lib/zprov /x/s3/var/lib/zprov | grep -v : | wc -w", kShort),
            "0\n");

  // This rig's spec has no power command, so the plugs are the operator's.
  ASSERT_NO_FATAL_FAILURE(Chapter("the operator's files away, and all are well"));
  Expect("rm -r /x/sboot/1-*", kShort);
  for (int zero = 1; zero <= kWrong; ++zero) {
    ASSERT_TRUE(CableOf(zero).CutPower().has_value());
    ASSERT_TRUE(CableOf(zero).GivePower().has_value());
  }
  Expect("zprov check && zprov boot", kUntilAllGaveUp);
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
