#include "core/bootset/kernel_image.h"

#include <array>

namespace zprov::bootset {
namespace {

struct Magic {
  size_t at;  // bytes from the start
  std::string_view bytes;
  KernelImage image;
};

constexpr std::array kMagics = {
    // 0x016f2818, little endian: Linux, arch/arm/boot/compressed/head.S, "Magic numbers to help
    // the loader".
    Magic{0x24, "\x18\x28\x6f\x01", KernelImage::kArm},
    // Linux, Documentation/arm64/booting.rst, "magic"; before the PC's, since an arm64 Image with
    // an EFI stub has a PE header, and that alone says nothing.
    Magic{0x38, "ARM\x64", KernelImage::kArm64},
    // Linux, Documentation/x86/boot.rst, "header".
    Magic{0x202, "HdrS", KernelImage::kPc},
    // RFC 1952, 2.3.1.
    Magic{0, "\x1f\x8b", KernelImage::kCompressed},
};

// Linux, arch/arm/boot/compressed/head.S, behind the magic number: where the image starts and where
// it ends, little endian.
constexpr size_t kStart = 0x28;
constexpr size_t kEndOfImage = 0x2c;

uint32_t NumberAt(std::string_view content, size_t at) {
  uint32_t number = 0;
  for (size_t i = 4; i > 0; --i) {
    number = number << 8 | static_cast<uint8_t>(content[at + i - 1]);
  }
  return number;
}

}  // namespace

KernelImage ImageOf(std::string_view content) {
  for (const Magic& magic : kMagics) {
    if (content.size() > magic.at && content.substr(magic.at).starts_with(magic.bytes))
      return magic.image;
  }
  return KernelImage::kUnknown;
}

std::optional<uint64_t> StatedSize(std::string_view content) {
  if (ImageOf(content) != KernelImage::kArm || content.size() < kEndOfImage + 4)
    return std::nullopt;
  const uint32_t start = NumberAt(content, kStart);
  const uint32_t end = NumberAt(content, kEndOfImage);
  if (end <= start) return std::nullopt;
  return end - start;
}

std::string_view Describe(KernelImage image) {
  switch (image) {
    case KernelImage::kArm:
      return "a kernel for 32-bit ARM";
    case KernelImage::kArm64:
      return "a kernel for 64-bit ARM";
    case KernelImage::kPc:
      return "a kernel for PCs";
    case KernelImage::kCompressed:
      return "a gzip file, as kernels for 64-bit ARM are packed";
    case KernelImage::kUnknown:
      return "no kernel image of any known kind";
  }
  return "";
}

bool CanBoot(KernelImage image, spec::BootArch arch) {
  switch (arch) {
    case spec::BootArch::kArm:
      return image == KernelImage::kArm;
    case spec::BootArch::kAny:
      return true;
  }
  return false;
}

}  // namespace zprov::bootset
