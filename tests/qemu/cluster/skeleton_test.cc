// The walking skeleton: from power-on to Healthy on real kernels. A B+ under systemd with real
// libusb, xhci, usbnet, bridge and nfsd; a Zero on Debian's armel kernel behind the cable; the
// product's own program and node side on both.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/cluster/cluster.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class WalkingSkeleton : public Cluster {
 protected:
  json Json(const std::string& command, seconds within) {
    return json::parse(Run(command, within).out, nullptr, false);
  }
};

TEST_F(WalkingSkeleton, BringsAZeroFromPowerOnToHealthy) {
  ASSERT_NO_FATAL_FAILURE(PowerOn(1));
  Expect("zprov apply", seconds(240));
  ASSERT_FALSE(HasFailure());
  const json booted = Json("zprov --json boot", seconds(300));
  ASSERT_TRUE(booted.is_object());
  EXPECT_EQ(booted["nodes"][0]["outcome"], "runs");
  EXPECT_EQ(booted["nodes"][0]["stage"], "healthy");
  ASSERT_FALSE(HasFailure());

  // It runs exactly what its boot set holds.
  EXPECT_EQ(Expect("cd /x/.zprov/current/s0/boot && sha256sum <kernel.img && "
                   "sha256sum <bcm2708-rpi-zero.dtb && sha256sum <initrd.img",
                   seconds(60)),
            RunShell(fmt::format("cd {} && sha256sum <kernel.img && sha256sum <board.dtb && "
                                 "sha256sum <initrd.img",
                                 DirectoryOfZero(1)))
                .out);
  // The node's own word, on the host's disk, of this very boot.
  const std::string nonce = WordOfZero(1, "zprov.boot=");
  EXPECT_THAT(nonce, SizeIs(32));
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", seconds(30)), nonce + "\n");
  const json report = Json("cat /x/s0/var/lib/zprov/boot.json", seconds(30));
  EXPECT_EQ(report["nonce"], nonce);
  EXPECT_EQ(report["generation"], 1);
  EXPECT_EQ(report["mtu"], 7418);
  EXPECT_THAT(report["kernel"].get<std::string>(), HasSubstr("-rpi"));

  // Its link: named, numbered, in the bridge, pinned; and it carries what it says.
  EXPECT_EQ(
      Expect("cd /sys/class/net/s0 && cat address mtu brport/learning brport/unicast_flood && "
             "basename $(readlink master)",
             seconds(30)),
      "02:34:33:3c:50:22\n7418\n0\n0\nsan\n");
  EXPECT_THAT(Expect("ping -M do -s 7000 -c 3 -i 0.2 192.168.7.33", seconds(60)),
              HasSubstr(" 3 received"));
  EXPECT_THAT(Expect("zprov status s0", seconds(60)), HasSubstr("up: its link s0 answers"));
  Expect("zprov plan", seconds(60));  // 4 when something were left to do
}

// As on a rig in service: zprov.service, in its sandbox, does the rest.
TEST_F(WalkingSkeleton, ComesUpWithItsHostAloneAndObeysFromThenOn) {
  ASSERT_NO_FATAL_FAILURE(PowerOn(2));
  Expect("zprov apply", seconds(240));
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Expect("systemctl is-system-running --wait", seconds(180));
  // Asks the service, and ends when it says that both are healthy.
  Expect("zprov boot", seconds(300));
  ASSERT_FALSE(HasFailure()) << Run("journalctl -u zprov --no-pager", seconds(60)).out;
  EXPECT_EQ(Expect("systemctl is-active zprov", seconds(30)), "active\n");

  const std::string report = "cat /x/s0/var/lib/zprov/boot.json";
  const json first = Json(report, seconds(30));
  Expect("zprov reboot s0", seconds(240));
  const json second = Json(report, seconds(30));
  EXPECT_NE(second["boot_id"], first["boot_id"]);
  EXPECT_EQ(second["nonce"], WordOfZero(1, "zprov.boot="));

  // Off for good: its board waits in ROM, and nobody boots it.
  Expect("zprov halt s1", seconds(180));
  EXPECT_THAT(Expect("until grep -q 2763 /sys/bus/usb/devices/1-2/idProduct; do sleep 0.2; done; "
                     "zprov status",
                     seconds(60)),
              HasSubstr("boot ROM: halted"));

  // Nobody notices that the service was started anew.
  Expect("systemctl restart zprov && zprov boot s0", seconds(180));
  EXPECT_EQ(Json(report, seconds(30)), second);
}

// A wrong file means here that a real kernel does not come up.
TEST_F(WalkingSkeleton, BootsTwoZerosBesideOneWhoseInitramfsIsRubbish) {
  ASSERT_NO_FATAL_FAILURE(PowerOn(3));
  // The operator's own: a shell on each node for those on the bridge.
  Expect("echo '::respawn:/bin/nc -ll -p 23 -e /bin/sh' >>/srv/zero/etc/inittab", seconds(30));
  Expect("zprov apply", seconds(240));
  // Later than that: apply refuses to make a generation that would not boot.
  Expect("mkdir -p /x/sboot/1-2 && echo rubbish >/x/sboot/1-2/initrd.img", seconds(30));
  ASSERT_FALSE(HasFailure());
  const vm::Ran ran = Run("zprov --json boot", seconds(500));
  EXPECT_EQ(ran.exit_code, 1);
  const json booted = json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(booted.is_object()) << ran.err;
  EXPECT_EQ(booted["nodes"][0]["stage"], "healthy");
  EXPECT_EQ(booted["nodes"][1]["outcome"], "failed");
  EXPECT_THAT(booted["nodes"][1]["cause"].get<std::string>(), HasSubstr("Linux does not show"));
  EXPECT_EQ(booted["nodes"][2]["stage"], "healthy");
  ASSERT_FALSE(HasFailure()) << ran.out << ran.err;

  EXPECT_THAT(ConsoleOfZero(2), HasSubstr("Kernel panic"));
  EXPECT_THAT(ConsoleOfZero(1), Not(HasSubstr("Kernel panic")));
  // Pinned ports let node talk to node, in jumbo frames.
  EXPECT_THAT(OnNode("192.168.7.33", "ping -q -c 3 -s 7000 192.168.7.41"),
              HasSubstr("3 packets received"));
}

}  // namespace
}  // namespace zprov::tests
