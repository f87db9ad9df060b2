// The walking skeleton: from power-on to Healthy on real kernels. A B+ under systemd with real
// libusb, xhci, usbnet, bridge and nfsd; a Zero on Debian's armel kernel behind the cable; the
// product's own program and node side on both.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/cluster/recorded.h"
#include "qemu/stories/cluster.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
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
  const json booted = Json("zprov --json --record /root/boot boot", seconds(300));
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
  // 1 when a scenario that only looks has failed
  Expect("zprov --record /root/observe --hil", seconds(300));

  // What the kernel said of the board meanwhile, beside the bundle.
  EXPECT_THAT(
      Expect("cat /root/boot/journal.txt", seconds(60)),
      AllOf(HasSubstr("kernel: usb 1-1: new "), HasSubstr("kernel: usb 1-1: USB disconnect")));
  for (const char* recorded : {"boot", "observe"}) {
    const std::string file = fmt::format("/root/{}/record.jsonl", recorded);
    ExpectReplays(Expect("cat " + file, seconds(120)), fmt::format("qemu-{}", recorded));
  }
}

}  // namespace
}  // namespace zprov::tests
