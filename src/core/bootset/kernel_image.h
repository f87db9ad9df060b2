// Whose kernel a file is, by its first bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/spec/cluster_spec.h"

namespace zprov::bootset {

enum class KernelImage {
  kArm,         // a zImage for 32-bit ARM: what a Zero can run
  kArm64,       // an Image for 64-bit ARM
  kPc,          // a bzImage for x86
  kCompressed,  // gzip, as Raspberry Pi OS has its 64-bit kernels
  kUnknown,
};

KernelImage ImageOf(std::string_view content);

// How many bytes a kernel for 32-bit ARM says that it has; other kinds say nothing here.
std::optional<uint64_t> StatedSize(std::string_view content);

std::string_view Describe(KernelImage image);  // "a kernel for PCs"

bool CanBoot(KernelImage image, spec::BootArch arch);

}  // namespace zprov::bootset
