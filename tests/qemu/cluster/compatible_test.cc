// The compatible mode on today's kernels: zprov boots the board in rpiboot's place, and what the
// procedure's own files do (udev rule, ifupdown, dhcpcd, rc.local) they do by themselves.
//
// What today's kernels force (fixtures/kernels/README.md, MTU): they hold a gadget that tells its
// MAC to 1500 bytes, and one that may be larger comes with a random MAC, which the procedure's rule
// does not know. So this cluster runs with 1500; with 7418 zprov.service has to name the links.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CompatibleMode : public Story {
 protected:
  // Its link as the kernel has it now.
  void ExpectTheProceduresLink() {
    EXPECT_EQ(Expect("cd /sys/class/net/s0 && cat address mtu && "
                     "basename $(readlink master)",
                     kShort),
              "02:34:33:3c:50:22\n1500\nsan\n");
    EXPECT_THAT(Expect("ip -4 addr show san", kShort), HasSubstr("inet 192.168.7.2/24"));
  }

  void ExpectItsRootGoesOn() {
    EXPECT_EQ(OnNode(AddressOf(0), "cat /etc/hostname"), "s0\n");
    OnNode(AddressOf(0), "cat /proc/sys/kernel/random/uuid >/root/word; sync");
    EXPECT_EQ(OnNode(AddressOf(0), "cat /root/word"), Expect("cat /x/s0/root/word", kShort));
  }
};

TEST_F(CompatibleMode, RunsOnTheProceduresOwnFiles) {
  spec_edit_ =
      "sed -i 's/^mode = .*/mode = \"compatible\"/; s/^\\[boot\\]$/&\\nserver = \"zprov\"/' "
      "/etc/zprov/cluster.toml && printf '[bridge]\\nmtu = 1500\\n' >>/etc/zprov/cluster.toml";
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(1));
  EXPECT_THAT(
      Expect("cat /etc/udev/rules.d/70-gadget.rules /etc/network/interfaces.d/zeros "
             "/etc/dhcpcd.conf /etc/rc.local /etc/exports",
             kShort),
      AllOf(HasSubstr("KERNEL==\"usb*\", NAME=\"s0\""),
            HasSubstr("post-up ip link set s0 master san"),
            HasSubstr("static ip_address=192.168.7.2/24"),
            HasSubstr("ip link add name san type bridge"), HasSubstr("/x/s0 192.168.7.33")));
  ASSERT_NO_FATAL_FAILURE(Chapter("the board boots"));
  Expect("systemctl start zprov", kLong);
  Await(1, "healthy");
  ExpectTheProceduresLink();
  ExpectItsRootGoesOn();

  ASSERT_NO_FATAL_FAILURE(Chapter("the gadget comes anew, and zprov is not there"));
  Expect(
      "systemctl stop zprov && cd /sys/bus/usb/devices/1-1 && echo 0 >authorized && "
      "until [ ! -e /sys/class/net/s0 ]; do sleep 0.2; done && echo 1 >authorized && "
      "until [ -e /sys/class/net/s0/master ]; do sleep 0.2; done",
      kShort);
  ExpectTheProceduresLink();
  ExpectItsRootGoesOn();

  ASSERT_NO_FATAL_FAILURE(Chapter("the host is rebooted, and zprov is not there"));
  Expect("systemctl disable zprov", kShort);
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Expect(
      "until [ -e /sys/class/net/s0/master ] && ip -4 addr show san | grep -q inet; do "
      "sleep 0.2; done",
      kShort);
  ExpectTheProceduresLink();
  ExpectItsRootGoesOn();

  // dhcpcd has the address, and takes nobody for another one who claims it.
  EXPECT_THAT(Expect("journalctl -b -u dhcpcd -o cat", kShort),
              AllOf(HasSubstr("san: using static address"), Not(HasSubstr("claims"))));
  ASSERT_NO_FATAL_FAILURE(Chapter("a new generation, and its next boot"));
  Expect("systemctl enable --now zprov", kLong);
  Await(1, "healthy");
  Expect("zprov halt s0 && zprov update && zprov boot s0", kLong);
  EXPECT_EQ(ReportOf(0)["generation"], 2);
  ExpectTheProceduresLink();
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
