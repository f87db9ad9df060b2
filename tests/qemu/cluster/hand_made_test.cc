// A host that was set up by hand, with the procedure's own files, is taken over: what is there goes
// on, and the way back to it stays open.
//
// Debian 12 has no rpiboot, so zprov boots the boards, and the MTU is the one at which the
// procedure's files carry a link today (compatible_test.cc). One of its five Zeros is plugged in.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using ::testing::HasSubstr;

// What the procedure has its reader do, with its own texts in /root/seed. Where it copies the
// host's "/", this takes /srv/zero: this host is no ARM machine.
constexpr const char* kByHand = R"sh(set -e
cd /root/seed
sed -i s/7418/1500/ rc.local zeros
echo '::respawn:/bin/nc -ll -p 23 -e /bin/sh' >>/srv/zero/etc/inittab
for root in '' /srv/zero; do
  cat hosts >>$root/etc/hosts
  { echo '#!/bin/sh -e'; cat rc.local; echo 'exit 0'; } >$root/etc/rc.local
  chmod +x $root/etc/rc.local
done
{ head -n 1 dhcpcd.conf; cat /etc/dhcpcd.conf; tail -n +2 dhcpcd.conf; } >dhcpcd.new
cat dhcpcd.new >/etc/dhcpcd.conf
cp 70-gadget.rules /etc/udev/rules.d
cp zeros /etc/network/interfaces.d
cp exports /etc/exports
btrfs -q subvolume create /x
cd /x
btrfs -q subvolume create snaa
rmdir /home
ln -s /x/snaa /home
echo kept >snaa/word
btrfs -q subvolume create sproto
cp /root/seed/fstab sproto
btrfs -q subvolume create sboot
btrfs -q subvolume create sboot/1-1
cp /srv/zero/usr/lib/raspi-firmware/bootcode.bin sboot
cp /srv/zero/usr/lib/raspi-firmware/start.elf /srv/zero/usr/lib/raspi-firmware/fixup.dat sboot/1-1
cp /srv/zero/boot/vmlinuz-* sboot/1-1/kernel.img
cp /srv/zero/boot/initrd.img sboot/1-1
cp /srv/zero/usr/lib/linux-image-*/*-zero.dtb sboot/1-1/bcm2708-rpi-zero.dtb
echo 'initramfs initrd.img followkernel' >sboot/1-1/config.txt
for i in s0 s1 s2 s3 s4; do
  btrfs -q subvolume snapshot /srv/zero $i
  echo $i >$i/etc/hostname
  cp sproto/fstab $i/etc/fstab
  rm -f $i/etc/exports
done
)sh";

// His own description of it: the seed's, of what this machine has.
constexpr const char* kDescribed = R"sh(
sed -e 's/^mtu = .*/mtu = 1500/' -e 's|^source = .*|source = "/srv/zero"|' \
  -e 's|^server = .*|server = "zprov"\ninitramfs = "/boot/initrd.img"|' \
  -e 's/^count = 5/&\nusb = ["1-1", "1-2", "1-3", "1-4", "1-5"]/' \
  /root/seed/cluster.toml >/etc/zprov/cluster.toml
zprov render cmdline:s0 >/x/sboot/1-1/cmdline.txt
)sh";

class HandMadeHost : public Story {
 protected:
  // A link answers before its root is there to say anything.
  void AwaitItsShell() {
    Expect(fmt::format("until timeout 5 bash -c '</dev/tcp/{}/23'; do sleep 0.5; done 2>/dev/null",
                       AddressOf(0)),
           kLong);
  }

  void ExpectTheRootOf(int generation) {
    AwaitItsShell();
    const std::string said = OnNode(AddressOf(0), "cat /etc/hostname /etc/zprov/generation");
    EXPECT_THAT(said, HasSubstr(generation == 0 ? "s0\n" : fmt::format("s0\n{}\n", generation)));
    EXPECT_EQ(Expect("readlink /x/.zprov/current/s0", kShort),
              fmt::format("../gen/{}/s0\n", generation));
  }
};

TEST_F(HandMadeHost, IsTakenOverAndGoesOn) {
  std::filesystem::create_directories(Directory() + "/payload/root");
  std::filesystem::copy(ZPROV_SOURCE_DIR "/fixtures/seed", Directory() + "/payload/root/seed",
                        std::filesystem::copy_options::recursive);
  ASSERT_NO_FATAL_FAILURE(Chapter("a host is set up by hand"));
  ASSERT_NO_FATAL_FAILURE(PowerOn(1));
  Expect(kByHand, kLong);
  Expect(kDescribed, kShort);
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov takes it over, and the host is rebooted"));
  const std::string inode = Expect("stat -c %i-%d /x/s0 /x/snaa /x/sboot/1-1", kShort);
  Expect("zprov apply && zprov plan", kLong);
  EXPECT_EQ(Expect("stat -c %i-%d /x/s0 /x/snaa /x/sboot/1-1", kShort), inode);
  EXPECT_EQ(Expect("cat /home/word", kShort), "kept\n");
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Await(1, "up .unverified.");  // nothing in its root speaks to zprov
  ExpectTheRootOf(0);
  EXPECT_EQ(
      Expect("cd /sys/class/net/s0 && cat address mtu && basename $(readlink master)", kShort),
      "02:34:33:3c:50:22\n1500\nsan\n");

  ASSERT_NO_FATAL_FAILURE(Chapter("its first generation"));
  OnNode(AddressOf(0), "echo mine >/root/word; sync");
  EXPECT_THAT(Run("zprov update", kShort).err, HasSubstr("a running node would lose its root"));
  // No word of the host's reaches what was made by hand.
  ASSERT_TRUE(CableOf(1).CutPower().has_value());
  Expect("until [ ! -e /sys/class/net/s0 ]; do sleep 0.2; done; zprov update", kLong);
  ASSERT_TRUE(CableOf(1).GivePower().has_value());
  Await(1, "healthy");
  ExpectTheRootOf(1);

  ASSERT_NO_FATAL_FAILURE(Chapter("and back to what was made by hand"));
  Expect("zprov halt s0 && zprov rollback && zprov boot s0", kLong);
  ExpectTheRootOf(0);
  EXPECT_EQ(OnNode(AddressOf(0), "cat /root/word"), "mine\n");
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
