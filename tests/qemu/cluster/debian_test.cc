// A node as operators have them: a full Debian under systemd on its NFS root, at which they log in
// by ssh.
#include <gmock/gmock.h>

#include "qemu/stories/full_debian.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(FullDebian, BootsSystemdAnswersSshAndHalts) {
  ASSERT_NO_FATAL_FAILURE(BringToHealthy());
  ASSERT_NO_FATAL_FAILURE(Chapter("its operator logs in"));
  EXPECT_EQ(BySsh("systemctl is-system-running --wait; systemctl --failed --no-legend"),
            "running\n");
  EXPECT_EQ(BySsh("hostname; cat /etc/machine-id; findmnt -n -o FSTYPE /"),
            "s0\n" + Expect("cat /x/.zprov/identity/s0/machine-id", kShort) + "nfs\n");
  EXPECT_EQ(BySsh("systemctl is-active zprov-node"), "active\n");
  EXPECT_EQ(BySsh("cat /sys/class/net/usb0/mtu"), "7418\n");
  // The home that all share, by the fstab that zprov gives it.
  Expect("echo of-snail >/home/word", kShort);
  EXPECT_EQ(
      BySsh("findmnt -r -n -o SOURCE,FSTYPE /x/snaa; cat /x/snaa/word; echo of-s0 >/x/snaa/word"),
      "snail:/x/snaa nfs\nof-snail\n");
  EXPECT_EQ(Expect("cat /home/word", kShort), "of-s0\n");

  ASSERT_NO_FATAL_FAILURE(Chapter("it halts"));
  Expect("zprov halt s0", kLong);
  EXPECT_THAT(Expect("zprov status", kShort), HasSubstr("halted"));
  // Its own systemd took it down: everything stopped, and its file systems synced.
  EXPECT_THAT(ConsoleOfZero(1), AllOf(HasSubstr("systemd-shutdown"), HasSubstr("Power down")));
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
