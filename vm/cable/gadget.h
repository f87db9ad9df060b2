// Linux's network gadgets as their host sees them: descriptors to the byte, what they tell it, and
// what they answer. Frames are network_end.h. tests/qemu/zero compares them with the kernel's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/net.h"
#include "vm/cable/network_end.h"

namespace zprov::vm {

enum class Gadget {
  kGeth,  // CDC subset: no cap on its MTU
  kEcm,   // CDC Ethernet
  // The module of that name, which older roots load: RNDIS, and CDC Ethernet behind it.
  kGEther,
};

// As configfs and zprov.gadget= name it (src/node), or the module; nothing: this cable has no such
// gadget.
std::optional<Gadget> GadgetNamed(std::string_view name);

// Whose gadget it is, as it tells its host.
struct GadgetNames {
  std::string node;             // "s0": its serial number
  std::optional<Mac> host_mac;  // what its host should use
};

// In the order of their indices, each with all behind it, as its host reads it.
std::vector<std::string> ConfigurationsOf(Gadget gadget, sim::UsbSpeed speed);
// `end` as what is plugged in; its configuration is the gadget's first.
Device DeviceOf(Gadget gadget, const std::shared_ptr<NetworkEnd>& end, const GadgetNames& names);

}  // namespace zprov::vm
