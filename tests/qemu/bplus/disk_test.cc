// update on a real btrfs, by the program for a B+: Debian's armel kernel on QEMU's raspi0, which
// has the processor of a B+. Not under qemu-user, whose version 7.2 knows neither openat2 nor
// btrfs's ioctls for subvolumes (src/package/README.md).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sysexits.h>

#include <fstream>

#include "qemu/bplus/packages.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kVm[] = ZPROV_SYSROOT "/..";
constexpr int kDeadline = 600;  // seconds of a hanging machine; it takes forty on a busy one

constexpr char kSpec[] = R"([cluster]
mode = "native"
[boot]
initramfs = "/boot/initrd.img"
[nodes]
prefix = "s"
count = 2
first_address = "192.168.7.33"
stride = 4
host_mac = "02:34:33:3c:50:22"
node_mac = "02:34:33:3c:50:21"
usb = ["1-1.2", "1-1.3"]
)";

class BplusDisk : public BplusPackages {
 protected:
  void SetUp() override {
    for (const char* program :
         {"qemu-system-arm", "mkfs.btrfs", "btrfs", "busybox", "cpio", "modprobe"}) {
      const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
      ZPROV_NEEDS(there, program);
    }
    BplusPackages::SetUp();
    if (directory_.empty()) return;
    const Ran zero = RunShell(fmt::format("{}/vm/images/zero {}/zero", ZPROV_SOURCE_DIR, kVm));
    ZPROV_NEEDS(zero.exit_code != EX_UNAVAILABLE, kMirror);
    ASSERT_EQ(zero.exit_code, 0);
    std::ofstream(directory_ + "/spec.toml") << kSpec;
  }

  std::string RunTheMachine() {
    const Ran ran =
        RunShell(fmt::format("{0}/tests/qemu/bplus/machine {1}/zero {2} {3}/spec.toml "
                             "{3}/card {4}",
                             ZPROV_SOURCE_DIR, kVm, tarball_, directory_, kDeadline));
    EXPECT_EQ(ran.exit_code, 0) << "the machine did not come to its end";
    return ran.out;
  }

  // With the card at /mnt, in this machine's kernel.
  std::string OnTheCard(const std::string& command) {
    const Ran ran = RunShell(
        fmt::format("unshare --mount sh -c 'mount -o loop,ro {}/card /mnt && cd /mnt && {}'",
                    directory_, command));
    EXPECT_EQ(ran.exit_code, 0) << command;
    return ran.out;
  }
};

TEST_F(BplusDisk, GetsTwoGenerationsOfWhichOneNodeGoesBack) {
  const std::string console = RunTheMachine();
  EXPECT_THAT(console, AllOf(HasSubstr("job: on armv6l"), HasSubstr("  13 changes made"),
                             HasSubstr("generation 2 made for 2 nodes"),
                             HasSubstr("1 node back from generation 2 to 1"),
                             HasSubstr("  nothing to do"), HasSubstr("job: done")))
      << console;

  EXPECT_EQ(RunShell(fmt::format("btrfs check {}/card >/dev/null 2>&1", directory_)).exit_code, 0);
  EXPECT_EQ(OnTheCard("readlink x/.zprov/current/s0 x/.zprov/current/s1"),
            "../gen/2/s0\n../gen/1/s1\n");
  EXPECT_EQ(OnTheCard("cat x/s0/etc/hostname x/s1/etc/hostname"), "s0\ns1\n");
  EXPECT_EQ(OnTheCard("ls x/s0/etc/blink; ls x/s1/etc | grep -c blink || true"),
            "x/s0/etc/blink\n0\n");
  EXPECT_EQ(OnTheCard("btrfs subvolume list . | sed s/.*path.// | sort | paste -s -d \" \""),
            "x/.zprov x/.zprov/gen/1/base x/.zprov/gen/1/boot x/.zprov/gen/1/s0/root "
            "x/.zprov/gen/1/s1/root x/.zprov/gen/2/base x/.zprov/gen/2/boot "
            "x/.zprov/gen/2/s0/root x/.zprov/gen/2/s1/root x/snaa\n");
  EXPECT_EQ(OnTheCard("cmp boot/initrd.img x/.zprov/gen/2/boot/initrd.img && echo same"), "same\n");
}

}  // namespace
}  // namespace zprov::tests
