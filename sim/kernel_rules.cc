#include "sim/kernel_rules.h"

#include <charconv>
#include <string>
#include <tuple>

namespace zprov::sim {
namespace {

using Version = std::tuple<unsigned, unsigned, unsigned>;

constexpr Version kMtuCapped{6, 1, 162};
constexpr Version kLocalMacsEthFrom{6, 1, 115};
constexpr Version kLocalMacsEthUntil{6, 1, 132};
constexpr Version kSmallGadgetFrom{4, 12, 0};
constexpr Version kSmallGadgetBefore{4, 18, 0};
constexpr uint32_t kSmallGadgetMtu = 1500;

// "6.1.177-rpi" → (6, 1, 177); a missing patch number is 0.
bool Parse(std::string_view text, Version& version) {
  const char* at = text.data();
  const char* end = at + text.size();
  for (unsigned* part : {&std::get<0>(version), &std::get<1>(version), &std::get<2>(version)}) {
    const auto [stop, error] = std::from_chars(at, end, *part);
    if (error != std::errc()) return false;
    at = stop;
    if (at == end || *at != '.') return part != &std::get<0>(version);
    ++at;
  }
  return true;
}

}  // namespace

Result<KernelRules> KernelRules::Of(std::string_view version) {
  Version parsed{};
  if (!Parse(version, parsed)) {
    return Fail(ErrorKind::kInvalid,
                "\"" + std::string(version) + "\" is no kernel version: write it as 6.1.177");
  }
  const auto [major, minor, patch] = parsed;
  if (major != 4 && !(major == 6 && minor == 1)) {
    return Fail(ErrorKind::kNotSupported,
                "the simulator does not know the USB network rules of kernel " +
                    std::string(version) + ": take a 4.x or 6.1.x, or add its row to KernelRules");
  }
  KernelRules rules;
  rules.caps_usbnet_mtu = parsed >= kMtuCapped;
  rules.names_local_macs_eth = parsed >= kLocalMacsEthFrom && parsed <= kLocalMacsEthUntil;
  if (parsed >= kSmallGadgetFrom && parsed < kSmallGadgetBefore) {
    rules.gadget_max_mtu = kSmallGadgetMtu;
  }
  return rules;
}

}  // namespace zprov::sim
