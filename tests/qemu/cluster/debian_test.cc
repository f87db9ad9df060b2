// A node as operators have them: a full Debian under systemd on its NFS root, at which they log in
// by ssh.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/cluster/story.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FullDebian : public Story {
 protected:
  FullDebian() : Story(kDebian) {}

  // By the operator's key, and only where the host key is the one that the host gave the node.
  std::string BySsh(const std::string& command) {
    return Expect(
        fmt::format(
            "ssh -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectionAttempts=300 {} '{}'",
            AddressOf(0), command),
        kLong);
  }
};

TEST_F(FullDebian, BootsSystemdAnswersSshAndHalts) {
  ASSERT_NO_FATAL_FAILURE(Chapter("the host starts, and zprov is applied"));
  ASSERT_NO_FATAL_FAILURE(PowerOn(1));
  Expect(
      "ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519 && mkdir -p -m 700 "
      "/srv/zero/root/.ssh "
      "&& cp /root/.ssh/id_ed25519.pub /srv/zero/root/.ssh/authorized_keys",
      kShort);
  Expect("zprov apply", kLong);
  ASSERT_NO_FATAL_FAILURE(Chapter("a full Debian node is healthy"));
  Expect("systemctl start zprov", kLong);
  Await(1, "healthy");

  ASSERT_NO_FATAL_FAILURE(Chapter("its operator logs in"));
  Expect(fmt::format("echo {} $(cat /x/.zprov/identity/s0/ssh_host_ed25519_key.pub) "
                     ">/root/.ssh/known_hosts",
                     AddressOf(0)),
         kShort);
  EXPECT_EQ(BySsh("systemctl is-system-running --wait; systemctl --failed --no-legend"),
            "running\n");
  EXPECT_EQ(BySsh("hostname; cat /etc/machine-id; findmnt -n -o FSTYPE /"),
            "s0\n" + Expect("cat /x/.zprov/identity/s0/machine-id", kShort) + "nfs\n");
  EXPECT_EQ(BySsh("systemctl is-active zprov-node"), "active\n");
  EXPECT_EQ(BySsh("cat /sys/class/net/usb0/mtu"), "7418\n");

  ASSERT_NO_FATAL_FAILURE(Chapter("it halts"));
  Expect("zprov halt s0", kLong);
  EXPECT_THAT(Expect("zprov status", kShort), HasSubstr("halted"));
  // Its own systemd took it down: everything stopped, and its file systems synced.
  EXPECT_THAT(ConsoleOfZero(1), AllOf(HasSubstr("systemd-shutdown"), HasSubstr("Power down")));
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
