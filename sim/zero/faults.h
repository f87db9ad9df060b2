// What can be wrong with a Zero or its cable: a closed set, each from src/core/usbboot/README.md,
// "How it goes wrong". Two boards exchanged are no fault.
#pragma once

#include <limits>
#include <optional>
#include <string_view>

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

// As people name them, to the simulator and to a cable (vm/cable) alike.
struct FaultName {
  Fault fault;
  std::string_view name;
};

inline constexpr FaultName kFaultNames[] = {
    {Fault::kRomDeaf, "rom-deaf"},
    {Fault::kRomStalls, "rom-stalls"},
    {Fault::kStatusReadFails, "status-read-fails"},
    {Fault::kNeverReturns, "never-returns"},
    {Fault::kReturnsAsRom, "returns-as-rom"},
    {Fault::kImpatient, "impatient"},
    {Fault::kVanishesInBulk, "vanishes-in-bulk"},
    {Fault::kShowsItselfAgain, "shows-itself-again"},
    {Fault::kNoGadget, "no-gadget"},
    {Fault::kRandomMacs, "random-macs"},
    {Fault::kNoCarrier, "no-carrier"},
    {Fault::kNoMount, "no-mount"},
    {Fault::kNoWarmReboot, "no-warm-reboot"},
    {Fault::kRomAfterHalt, "rom-after-halt"},
    {Fault::kIgnoresOrders, "ignores-orders"},
    {Fault::kJamsHub, "jams-hub"},
};

constexpr std::optional<Fault> FaultNamed(std::string_view name) {
  for (const FaultName& each : kFaultNames) {
    if (each.name == name) return each.fault;
  }
  return std::nullopt;
}

constexpr std::string_view NameOf(Fault fault) {
  for (const FaultName& each : kFaultNames) {
    if (each.fault == fault) return each.name;
  }
  return "";
}

inline constexpr int kEveryBoot = std::numeric_limits<int>::max();

struct Trouble {
  Fault fault{};
  int boots = kEveryBoot;  // so many boots have it, the next are well
  int after = 0;           // boots before them, which are well too
};

}  // namespace zprov::sim::zero
