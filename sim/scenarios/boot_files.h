// What a Raspberry Pi OS has to boot with, in bytes that cost nothing: firmware, kernels that have
// the marks of real ones and nothing else, device trees, overlays, modules, mkinitramfs.
#pragma once

#include <string>
#include <string_view>

#include "sim/scene.h"

namespace zprov::sim {

// What the file of a kernel says of itself at the places where boot loaders look; `words` make it
// another kernel than the next.
std::string ArmKernel(std::string_view words);  // a zImage for 32-bit ARM
std::string PcKernel(std::string_view words);   // a bzImage

// Everything but the file system of /boot. The kernels are the unnumbered 6.1.21+ for ARMv6, which
// a Zero boots, and the one for ARMv7.
void PutBootFiles(Scene& scene);

// As its package installs it: /boot/vmlinuz-VERSION and /lib/modules/VERSION.
void InstallKernel(Scene& scene, const std::string& version);

}  // namespace zprov::sim
