#include "sim/scenarios/boot_files.h"

#include <array>

#include "util/path.h"

namespace zprov::sim {
namespace {

std::string WithMark(size_t at, std::string_view mark, std::string_view words) {
  std::string image(at, '\0');
  image += mark;
  image.resize(at + 64, '\0');
  image += words;
  return image;
}

// As Raspberry Pi OS's kernels for these boards have them (linux 6.1, bcmrpi_defconfig): the gadget
// as modules, the NFS client built in.
constexpr std::array kModules = {"kernel/drivers/usb/dwc2/dwc2.ko",
                                 "kernel/drivers/usb/gadget/function/u_ether.ko",
                                 "kernel/drivers/usb/gadget/function/usb_f_ecm.ko",
                                 "kernel/drivers/usb/gadget/function/usb_f_ecm_subset.ko",
                                 "kernel/drivers/usb/gadget/legacy/g_ether.ko",
                                 "kernel/drivers/usb/gadget/libcomposite.ko"};
constexpr std::string_view kBuiltIn =
    "kernel/fs/nfs/nfs.ko\n"
    "kernel/fs/nfs/nfsv3.ko\n"
    "kernel/fs/nfs/nfsv4.ko\n"
    "kernel/net/sunrpc/sunrpc.ko\n";

void PutModules(Scene& scene, const std::string& version) {
  const std::string directory = "/lib/modules/" + version;
  std::string list;
  for (const std::string module : kModules) {
    scene.Put(JoinPath(directory, module), "module of " + version + "\n");
    list.append(module).append(":\n");
  }
  scene.Put(directory + "/modules.dep", list);
  scene.Put(directory + "/modules.builtin", kBuiltIn);
}

}  // namespace

// Linux: arch/arm/boot/compressed/head.S has 0x016f2818 at 0x24, then where it starts and ends.
std::string ArmKernel(std::string_view words) {
  const size_t size = WithMark(0x24, "", words).size();
  std::string mark("\x18\x28\x6f\x01\0\0\0\0", 8);
  for (int bits = 0; bits < 32; bits += 8) mark += static_cast<char>(size >> bits & 0xff);
  return WithMark(0x24, mark, words);
}

// Linux: Documentation/x86/boot.rst has "HdrS" at 0x202.
std::string PcKernel(std::string_view words) { return WithMark(0x202, "HdrS", words); }

void PutBootFiles(Scene& scene) {
  for (const char* name :
       {"bootcode.bin", "start.elf", "fixup.dat", "bcm2708-rpi-zero.dtb", "bcm2708-rpi-zero-w.dtb",
        "overlays/dwc2.dtbo", "overlays/overlay_map.dtb"}) {
    scene.Put("/boot/" + std::string(name), std::string(name) + " of the host\n", 0755);
  }
  scene.Put("/boot/kernel.img", ArmKernel("6.1.21+\n"), 0755);
  scene.Put("/boot/kernel7.img", ArmKernel("6.1.21-v7+\n"), 0755);
  PutModules(scene, "6.1.21+");
  PutModules(scene, "6.1.21-v7+");
  scene.Put("/usr/sbin/mkinitramfs", "program", 0755);
}

void InstallKernel(Scene& scene, const std::string& version) {
  scene.Put("/boot/vmlinuz-" + version, ArmKernel(version + "\n"));
  PutModules(scene, version);
}

}  // namespace zprov::sim
