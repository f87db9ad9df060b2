// Which USB network function a node's gadget offers, by the MTU its cluster wants. What a given
// host kernel then makes of it is not decided here.
#pragma once

#include <cstdint>
#include <string_view>

namespace zprov::gadget {

enum class Function {
  kEcm,   // CDC Ethernet: carries the MAC, but newer hosts cap it at 1500 bytes
  kGeth,  // CDC subset: no cap on the host, but a random MAC there
};

// `mtu` in bytes of payload. Source: fixtures/kernels/README.md, "MTU".
Function FunctionFor(uint32_t mtu);

// As configfs and zprov.gadget= write it: "ecm", "geth".
std::string_view Name(Function function);

}  // namespace zprov::gadget
