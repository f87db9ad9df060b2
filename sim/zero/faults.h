// What can be wrong with a Zero or its cable: a closed set, each from src/core/usbboot/README.md,
// "How it goes wrong". Two boards exchanged are no fault.
#pragma once

#include <limits>

namespace zprov::sim::zero {

enum class Fault {
  kRomDeaf,           // ROM transfers time out, until power is cut
  kRomStalls,         // the ROM refuses the first-stage file, until a reset or power
  kStatusReadFails,   // the board leaves before the status read, though all is well
  kNeverReturns,      // gone after the first stage
  kReturnsAsRom,      // after the first stage it is a ROM again
  kImpatient,         // an unserved second stage goes deaf after a second
  kVanishesInBulk,    // asks for the firmware, then leaves within its bytes and is a ROM again
  kShowsItselfAgain,  // leaves and comes back at every point where a board may
  kNoGadget,          // was served everything, and is never seen again
  kRandomMacs,        // its gadget takes no MAC from the command line
  kNoCarrier,         // its link never has a carrier
  kNoMount,           // never mounts its root
  kNoWarmReboot,      // told to reboot, it never comes back
  kRomAfterHalt,      // told to halt, it leaves the bus and is a ROM again soon
  kIgnoresOrders,     // runs, and does nothing that it is told
  kJamsHub,           // its port answers -110 and holds up its siblings
};

inline constexpr int kEveryBoot = std::numeric_limits<int>::max();

struct Trouble {
  Fault fault{};
  int boots = kEveryBoot;  // the first so many boots have it, the next are well
};

}  // namespace zprov::sim::zero
