// A node whose root travels through the Zero's own gadget driver, which everyday clusters have a
// model of in its place (vm/cable).
//
// Real: the gadget that the product's initramfs makes and the kernel's functions behind it, on the
// controller usbip-vudc of the Zero; vhci_hcd, usbcore and cdc_subset on the B+; all that zprov
// makes of it, from 3-1 on. Between the two kernels are USB/IP's requests, on a serial adapter at
// one end and a virtio port at the other.
// The cable's: boot ROM and file server, which no QEMU has. usbip-host leads them to the same port
// of vhci_hcd, so that zprov sees one board at one port. The Zero's machine starts from the bytes
// that were served there.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>

#include "qemu/stories/story.h"
#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kQemu[] = ZPROV_SOURCE_DIR "/tests/qemu";
constexpr char kZero[] = ZPROV_BUILD_DIR "/../vm/zero";

class RealGadget : public Story {
 protected:
  void SetUp() override {
    const bool there = RunShell("command -v arm-linux-gnueabi-g++").exit_code == 0;
    ZPROV_NEEDS(there, "arm-linux-gnueabi-g++");
    ASSERT_NO_FATAL_FAILURE(Story::SetUp());
    if (IsSkipped()) return;
    BringFiles();
    ConnectMachines();
    spec_edit_ = "sed -i 's/\"1-1\"/\"3-1\"/' /etc/zprov/cluster.toml";
  }

  void BringFiles() {
    const std::string carrier = std::string(kZero) + "/usbip_carrier";
    for (const std::string& command :
         {fmt::format("{}/build_for_zero {} usbip_carrier usbip", kQemu, carrier),
          fmt::format("{0}/pack_for_zero {1} {2}/files.img {0}/oracle/offer_gadget {3} "
                      "usbip-core.ko usbip-vudc.ko usbserial.ko ftdi_sio.ko",
                      kQemu, kZero, Directory(), carrier),
          fmt::format("mkdir -p {0}/payload && cp -r {1}/oracle/host {0}/payload/oracle && "
                      "cp {2} {0}/payload/oracle",
                      Directory(), kQemu, ZPROV_CARRIER)}) {
      ASSERT_EQ(RunShell(command).exit_code, 0) << command;
    }
  }

  // A channel from the one QEMU to the other. The cable starts the Zero's by its name.
  void ConnectMachines() {
    const std::string channel = Directory() + "/gadget";
    more_words_ = {"-chardev", fmt::format("socket,id=gadget,path={},server=on,wait=off", channel),
                   "-device", "virtserialport,chardev=gadget,name=gadget"};
    setenv("ZPROV_CHANNEL", channel.c_str(), 1);
    setenv("ZPROV_FILES", (Directory() + "/files.img").c_str(), 1);
    setenv("PATH", fmt::format("{}/oracle/machine:{}", kQemu, std::getenv("PATH")).c_str(), 1);
  }
};

TEST_F(RealGadget, CarriesTheRootOfANodeFromPowerOnToHealthy) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(1));
  ASSERT_NO_FATAL_FAILURE(Chapter("a node is healthy"));
  Expect("/oracle/prepare", kShort);
  Expect("systemctl start zprov", kShort);
  Await(1, "healthy");
  const std::string nonce = WordOfZero(1, "zprov.boot=");
  EXPECT_THAT(nonce, SizeIs(32));
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", kShort), nonce + "\n");
  const auto report = ReportOf(0);
  EXPECT_EQ(report["nonce"], nonce);
  EXPECT_EQ(report["generation"], 1);
  EXPECT_EQ(report["mtu"], 7418);

  ASSERT_NO_FATAL_FAILURE(Chapter("its gadget is the Zero's own, and at the B+ vhci_hcd's"));
  EXPECT_EQ(OnNode(AddressOf(0),
                   "readlink -f /sys/class/net/usb0/device; cd /sys/class/udc/usbip-vudc.0; "
                   "cat state current_speed"),
            "/sys/devices/platform/usbip-vudc.0/gadget.0\nconfigured\nhigh-speed\n");
  EXPECT_EQ(Expect("cd /sys/class/net/s0; readlink -f device; basename $(readlink device/driver)",
                   kShort),
            "/sys/devices/platform/vhci_hcd.0/usb3/3-1/3-1:1.0\ncdc_subset\n");
  EXPECT_EQ(CableOf(1).Stage().value_or(""), "kernel")
      << "the cable has offered a gadget of its own";

  ASSERT_NO_FATAL_FAILURE(Chapter("zprov treats its port as any other"));
  EXPECT_EQ(
      Expect("cd /sys/class/net/s0 && cat address mtu brport/learning brport/unicast_flood && "
             "basename $(readlink master)",
             kShort),
      "02:34:33:3c:50:22\n7418\n0\n0\nsan\n");
  const std::string pinged = Expect("ping -M do -s 7000 -c 3 -i 0.2 192.168.7.33", kShort);
  EXPECT_THAT(pinged, HasSubstr(" 3 received"));
  std::cout << pinged.substr(pinged.find("rtt"));
  EXPECT_THAT(Expect("zprov status s0", kShort), HasSubstr("up: its link s0 answers"));
  Expect("zprov plan", kShort);  // 4 when something were left to do
  Expect("zprov --hil", kLong);  // 1 when a scenario that only looks has failed
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
