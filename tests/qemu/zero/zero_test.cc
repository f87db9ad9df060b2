// The node's own side on the kernel that a Zero runs: Debian's for armel, on QEMU's raspi0.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kImages[] = ZPROV_SOURCE_DIR "/vm/images";
constexpr char kLook[] = ZPROV_SOURCE_DIR "/tests/qemu/zero/look";
constexpr int kDeadline = 60;  // seconds of a hanging Zero; a boot takes five on a quiet machine

class ZeroKernel : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"qemu-system-arm", "cpio", "depmod"}) {
      const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
      ZPROV_NEEDS(there, program);
    }
    ASSERT_EQ(RunShell(fmt::format("{}/zero {}", kImages, kDirectory)).exit_code, 0)
        << "is a Debian mirror within reach?";
    // The product's initramfs stays as it is; the kernel unpacks what follows over it.
    const Ran made = RunShell(fmt::format(
        "set -e; work=$(mktemp -d); cp {} $work; "
        "find {}/armel/lib/modules -name 'usbip-core.ko' -o -name 'usbip-vudc.ko' | "
        "xargs -I FILE cp FILE $work; "
        "(cat {}/initrd.img; cd $work; find . | cpio -o -H newc -R 0:0 --quiet | gzip) > {}; "
        "rm -rf $work",
        kLook, kDirectory, kDirectory, initramfs_));
    ASSERT_EQ(made.exit_code, 0);
  }
  void TearDown() override { RunShell("rm -f " + initramfs_); }

  std::string Boot(const std::string& words) {
    const Ran ran = RunShell(fmt::format("{}/run_zero {} {} {} rdinit=/look {}", kImages,
                                         kDirectory, initramfs_, kDeadline, words));
    EXPECT_EQ(ran.exit_code, 0) << "the Zero did not come to its end:\n" << ran.out;
    return ran.out;
  }
  static std::string Words(const std::string& gadget) {
    return fmt::format(
        "root=/dev/nfs nfsroot=192.168.7.2:/x/s0,vers=3 rw "
        "ip=192.168.7.33:192.168.7.2:192.168.7.2:255.255.255.0:s0:usb0:off zprov.node=s0 "
        "zprov.gadget={} zprov.mtu=7418 zprov.mac=02:34:33:3c:50:21 "
        "zprov.boot=0123456789abcdef0123456789abcdef",
        gadget);
  }

  static constexpr char kDirectory[] = ZPROV_BUILD_DIR "/../vm/zero";
  std::string initramfs_ =
      fmt::format("{}/test-{}.img", kDirectory,
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(ZeroKernel, OffersTheGadgetThatCarriesJumboFramesWithItsMacAndMtu) {
  EXPECT_THAT(
      Boot(Words("geth")),
      AllOf(HasSubstr("look: link 02:34:33:3c:50:21 7418"), HasSubstr("look: ids 0x0525 0xa4a2"),
            HasSubstr("look: function geth.usb0 02:34:33:3c:50:21 02:34:33:3c:50:22")));
}

TEST_F(ZeroKernel, OffersCdcEthernetWhenTheCommandLineNamesIt) {
  EXPECT_THAT(
      Boot(Words("ecm")),
      AllOf(HasSubstr("look: link 02:34:33:3c:50:21 7418"), HasSubstr("look: ids 0x0525 0xa4a1"),
            HasSubstr("look: function ecm.usb0 02:34:33:3c:50:21 02:34:33:3c:50:22")));
}

TEST_F(ZeroKernel, NamesAWordItDoesNotKnowAndOffersNothing) {
  const std::string console = Boot(Words("geth") + " zprov.colour=red");
  EXPECT_THAT(console, HasSubstr("zprov: the command line has zprov.colour=red"));
  EXPECT_THAT(console, Not(HasSubstr("look: function geth.usb0")));
}

}  // namespace
}  // namespace zprov::tests
