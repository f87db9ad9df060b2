// What a hub says of its ports' power: whether it switches each alone, all at once, or none. It is
// asked and nothing is tried: what a hub says is not always so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "os/system.h"

namespace zprov::hil {

inline constexpr uint8_t kHubClass = 9;  // bDeviceClass; USB 2.0, 11.23.1

enum class Switching {
  kUnknown,   // it did not say
  kNone,      // its ports always have power
  kTogether,  // all its ports at once
  kEach,      // each port alone
};

std::string_view Name(Switching switching);  // "together"

// Of a hub descriptor, USB 2.0, 11.23.2.1; kUnknown for what is none, or not enough of one.
Switching SwitchingIn(std::string_view descriptor);

struct HubLook {
  os::UsbDevice hub = {};
  Switching says = Switching::kUnknown;
  Switching does = Switching::kUnknown;  // what it says, unless it is known to do otherwise
  std::string trouble = {};              // why it did not say

  bool operator==(const HubLook&) const = default;
};

// "says that it switches each port alone".
std::string Sentence(const HubLook& look);

// The one that the port is of; null: it is not among them.
const HubLook* HubAbove(const std::vector<HubLook>& hubs, const PortPath& port);

// Takes up to a second. Changes nothing.
HubLook LookAtHub(os::System& system, const os::UsbDevice& hub);

}  // namespace zprov::hil
