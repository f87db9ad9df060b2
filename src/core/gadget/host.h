// What the host's kernel makes of a gadget function: whether it lets frames beyond 1500 bytes
// through (fixtures/kernels/README.md, MTU). Which function a cluster takes is function.h.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace zprov::gadget {

using KernelVersion = std::array<unsigned, 3>;  // {6, 1, 162}

// "6.1.177" or "6.1.21+" or "6.1"; nothing for what begins with no such numbers.
std::optional<KernelVersion> ParseKernelVersion(std::string_view text);

// The upstream version that /proc/version tells of. Debian names the series alone in the release
// ("6.1.0-44-rpi") and the rest at the end ("Debian 6.1.164-1").
std::optional<KernelVersion> UpstreamVersion(std::string_view proc_version);

enum class Jumbo {
  kCarried,
  kCapped,   // usbnet holds the link to the 1500 bytes that the gadget advertises
  kUnknown,  // nobody looked the series up
};

// For functions whose host driver has a bind callback: all but geth.
Jumbo JumbosThroughUsbnet(const KernelVersion& host);

// The largest MTU of the gadget's own side is 1500 (Linux 4.12 to 4.17).
bool HasSmallGadget(const KernelVersion& node);

}  // namespace zprov::gadget
