// A full Debian node that boots with the initramfs that mkinitramfs makes in its own root, as
// update has it made on a host that can run it: initramfs-tools' init and udev before the root, and
// zprov's script among theirs. The everyday node has the one of busybox alone.
#include <gmock/gmock.h>

#include "qemu/stories/full_debian.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr seconds kVeryLong{3600};

// On a board usb0 is a gadget's link: it has the MAC that the gadget was made with, and no USB
// port. QEMU's (vm/README.md) has a port, by which udev would name it, before the root too, and a
// MAC of its own, which this initramfs has no program to change: iproute2 is none of
// initramfs-tools'.
constexpr const char* kAsOnABoard =
    "printf '[Match]\\nDriver=cdc_subset\\n[Link]\\nMACAddress=02:34:33:3c:50:21\\n' "
    ">/srv/zero/etc/systemd/network/00-as-on-a-board.link";

// What initramfs-tools' init says on its way.
constexpr const char* kBegin = "Begin: Mounting root file system";

class OwnInitramfs : public FullDebian {};

TEST_F(OwnInitramfs, BootsTheDebianThatMadeIt) {
  ASSERT_NO_FATAL_FAILURE(BringToHealthy(kAsOnABoard));
  EXPECT_THAT(ConsoleOfZero(1), Not(HasSubstr(kBegin)));

  // This host is no ARM machine, but the node is one.
  ASSERT_NO_FATAL_FAILURE(Chapter("mkinitramfs runs on the node"));
  BySsh("mkinitramfs -o /boot/own.img $(uname -r)", kVeryLong);
  ASSERT_NO_FATAL_FAILURE(Chapter("it is what the next generation boots with"));
  Expect("cp /x/s0/boot/own.img /srv/zero/boot/initrd.img && zprov update --reboot", kLong);
  Await(1, "healthy");
  EXPECT_EQ(ReportOf(0)["generation"], 2);
  EXPECT_EQ(Expect("sha256sum </srv/zero/boot/initrd.img", kShort),
            RunShell("sha256sum <" + DirectoryOfZero(1) + "/initrd.img").out);
  EXPECT_THAT(ConsoleOfZero(1), AllOf(HasSubstr(kBegin), Not(HasSubstr("(initramfs)"))));

  ASSERT_NO_FATAL_FAILURE(Chapter("and all of the node is there"));
  EXPECT_EQ(BySsh("systemctl is-system-running --wait; systemctl --failed --no-legend"),
            "running\n");
  EXPECT_EQ(BySsh("cat /sys/class/net/usb0/mtu; findmnt -n -o FSTYPE /"), "7418\nnfs\n");
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
