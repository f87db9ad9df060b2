#include "qemu/zero/zero_kernel.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <filesystem>

#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

constexpr char kImages[] = ZPROV_SOURCE_DIR "/vm/images";
constexpr char kPack[] = ZPROV_SOURCE_DIR "/tests/qemu/pack_for_zero";
constexpr int kDeadline = 60;  // seconds of a hanging Zero; a boot takes five on a quiet machine

}  // namespace

void ZeroKernel::SetUp() {
  for (const char* program : {"qemu-system-arm", "cpio", "depmod"}) {
    const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
    ZPROV_NEEDS(there, program);
  }
  const int made = RunShell(fmt::format("{}/zero {}", kImages, kDirectory)).exit_code;
  ZPROV_NEEDS(made != EX_UNAVAILABLE, kMirror);
  ASSERT_EQ(made, 0);
}

void ZeroKernel::TearDown() { std::filesystem::remove(initramfs_); }

std::string ZeroKernel::Boot(const std::string& files, const std::string& words) {
  const Ran made =
      RunShell(fmt::format("set -e; {0} {1} {2}.files {3} usbip-core.ko usbip-vudc.ko; "
                           "cat {1}/initrd.img {2}.files >{2}; rm {2}.files",
                           kPack, kDirectory, initramfs_, files));
  EXPECT_EQ(made.exit_code, 0);
  const auto first = std::filesystem::path(files.substr(0, files.find(' '))).filename();
  const Ran ran = RunShell(fmt::format("{}/run_zero {} {} {} rdinit=/{} {}", kImages, kDirectory,
                                       initramfs_, kDeadline, first.string(), words));
  EXPECT_EQ(ran.exit_code, 0) << "the Zero did not come to its end:\n" << ran.out;
  return ran.out;
}

std::string ZeroKernel::Words(const std::string& gadget) {
  return fmt::format(
      "root=/dev/nfs nfsroot=192.168.7.2:/x/s0,vers=3 rw "
      "ip=192.168.7.33:192.168.7.2:192.168.7.2:255.255.255.0:s0:usb0:off zprov.node=s0 "
      "zprov.gadget={} zprov.mtu=7418 zprov.mac=02:34:33:3c:50:21 "
      "zprov.boot=0123456789abcdef0123456789abcdef",
      gadget);
}

}  // namespace zprov::tests
