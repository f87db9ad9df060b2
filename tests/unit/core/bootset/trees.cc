#include "unit/core/bootset/trees.h"

namespace zprov::bootset {

Available Debian() {
  Available tree;
  tree.modules = {"6.1.0-9-rpi", "6.1.0-44-rpi"};
  tree.places = {
      {"/usr/lib/linux-image-6.1.0-44-rpi", {"bcm2835-rpi-zero.dtb", "bcm2835-rpi-zero-w.dtb"}, {}},
      {"/usr/lib/linux-image-6.1.0-9-rpi", {"bcm2835-rpi-zero.dtb", "bcm2835-rpi-zero-w.dtb"}, {}},
      {"/boot/firmware",
       {"bootcode.bin", "start.elf", "fixup.dat", "bcm2835-rpi-zero.dtb", "vmlinuz-6.1.0-44-rpi"},
       {"dwc2.dtbo", "overlay_map.dtb"}},
      {"/boot", {"vmlinuz-6.1.0-9-rpi", "vmlinuz-6.1.0-44-rpi", "config-6.1.0-44-rpi"}, {}},
      {"/usr/lib/raspi-firmware", {"bootcode.bin", "start.elf", "fixup.dat"}, {}},
  };
  return tree;
}

Available RaspberryPiOs() {
  Available tree;
  tree.modules = {"6.1.21+", "6.1.21-v7+", "6.1.21-v8+"};
  tree.places = {{"/boot",
                  {"bootcode.bin", "start.elf", "fixup.dat", "kernel.img", "kernel7.img",
                   "bcm2708-rpi-zero.dtb", "bcm2708-rpi-zero-w.dtb"},
                  {"dwc2.dtbo"}}};
  return tree;
}

}  // namespace zprov::bootset
