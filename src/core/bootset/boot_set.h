// What goes into a boot set: which file of a tree is served under which name; or the sentence that
// says why there is none, and what to do.
#pragma once

#include <string>
#include <vector>

#include "core/bootset/kernel_image.h"
#include "core/bootset/kernels.h"
#include "core/spec/cluster_spec.h"
#include "util/result.h"

namespace zprov::bootset {

// Served names (src/core/usbboot/README.md, A Zero; config.txt names these two: core/render).
inline constexpr const char* kKernelName = "kernel.img";
inline constexpr const char* kInitramfsName = "initrd.img";

struct ServedFile {
  std::string from;  // in the tree
  std::string name;  // served: "kernel.img", "overlays/dwc2.dtbo"

  bool operator==(const ServedFile&) const = default;
};

struct Choice {
  std::string version;            // of the kernel
  std::vector<ServedFile> files;  // all but the initramfs
  std::vector<std::string> warnings;

  bool operator==(const Choice&) const = default;
};

// A kernel that was looked at and whose content is not for these boards.
struct Rejected {
  Kernel kernel;
  KernelImage image = KernelImage::kUnknown;

  bool operator==(const Rejected&) const = default;
};

// The boot set around `kernel`, for every board of the spec's nodes. kRefused: a file is missing.
Result<Choice> Choose(const Available& available, const spec::ClusterSpec& spec,
                      const Kernel& kernel);

// Why no kernel of the tree can be served. kRefused.
Error NoKernel(const Available& available, const Kernels& kernels,
               const std::vector<Rejected>& rejected);

// A line about each kernel newer than `chosen` that was passed over.
std::vector<std::string> PassedOver(const Kernels& kernels, const std::vector<Rejected>& rejected,
                                    const Kernel& chosen);

}  // namespace zprov::bootset
