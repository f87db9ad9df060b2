// What differs between host kernels for USB network links. Each row comes from
// fixtures/kernels/README.md (Names, MTU); a version that no row is known for is refused, so that
// nobody trusts a guess.
#pragma once

#include <cstdint>
#include <string_view>

#include "util/result.h"

namespace zprov::sim {

struct KernelRules {
  // usbnet caps max_mtu at the gadget's segment size, for drivers with a bind callback
  // (c7159e960f14, stable 6.1.162). From source, and measured on 6.1.177.
  bool caps_usbnet_mtu = true;
  // A locally administered MAC names the link ethN instead of usbN (6.1.115 to 6.1.132). From
  // source, not recorded.
  bool names_local_macs_eth = false;
  // Largest MTU of a gadget's own side: 15412, but 1500 in 4.12 to 4.17.
  uint32_t gadget_max_mtu = 15412;

  // "6.1.177" or "6.1.0-21-rpi" as `uname -r` has it. kInvalid: no version; kNotSupported: a series
  // whose rules nobody looked up.
  static Result<KernelRules> Of(std::string_view version);

  bool operator==(const KernelRules&) const = default;
};

}  // namespace zprov::sim
