// A boot set of real sizes for benchmarks: as its generation for each node, on a simulated disk.
#pragma once

#include <cstddef>
#include <string>

#include "core/spec/cluster_spec.h"
#include "sim/world.h"

namespace zprov::bench {

// What a Zero of Raspberry Pi OS is sent; start.elf, fixup.dat and bootcode.bin as
// src/core/usbboot/README.md has them, the others rounded from Debian's armel packages.
struct BootFile {
  const char* name;
  size_t size;  // bytes
};
inline constexpr BootFile kBootFiles[] = {
    {"bootcode.bin", 50'000},
    {"start.elf", 2'900'000},
    {"fixup.dat", 6'700},
    {"kernel.img", 5'800'000},
    {"initrd.img", 9'000'000},
    {"bcm2708-rpi-zero.dtb", 18'000},
    {"overlays/overlay_map.dtb", 400},
    {"overlays/dwc2.dtbo", 800},
};

inline void PutBootSet(sim::World& world, const spec::ClusterSpec& spec) {
  for (const BootFile& file : kBootFiles) {
    world.Put(std::string("/x/.zprov/gen/1/boot/") + file.name, std::string(file.size, 'f'));
  }
  for (const spec::Node& node : spec.nodes) {
    const std::string generation = "/x/.zprov/gen/1/" + node.name;
    world.Put(generation + "/root/etc/hostname", node.name);
    world.scene().Symlink(generation + "/boot", "../boot");
    world.scene().Symlink("/x/.zprov/current/" + node.name, "../gen/1/" + node.name);
  }
}

}  // namespace zprov::bench
