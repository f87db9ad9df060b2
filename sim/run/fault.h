// What can go wrong in a simulated run: a closed set of plain values. Each kind has its physical
// cause, and how strong it may be so that the design still promises to get over it (its budget), in
// the table of fault.cc. What the design does not promise to survive is not here: its refusals have
// tests of their own (tests/scenario).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "os/clock.h"
#include "sim/zero/faults.h"

namespace zprov::run {

enum class FaultKind {
  // ---- a board or its cable; strength: the boots that have it
  kRomDeaf,
  kRomStalls,
  kStatusReadFails,
  kNeverReturns,
  kReturnsAsRom,
  kImpatient,
  kVanishesInBulk,
  kShowsItselfAgain,
  kNoGadget,
  kRandomMacs,
  kNoCarrier,
  kNoMount,
  kNoWarmReboot,
  kRomAfterHalt,
  kIgnoresOrders,
  kJamsHub,
  // ---- power and plugs; strength: seconds until it is back
  kBoardUnplugged,
  kHubUnplugged,
  kBoardsExchanged,
  kHostPowerCut,
  kHostReboots,
  // ---- the bus and its notices
  kBabble,
  kArrivalToldTwice,
  kNoticesOfBusLate,
  // ---- links
  kNoticesLost,
  kNoticesOfLinksLate,
  kLinkToldAgain,
  kLinkDown,
  kLinkRenamed,
  kLinkLeavesBridge,
  kLinkMtuChanged,
  // ---- files; strength: seconds, calls
  kDiskFull,
  kMediumError,
  kReadOnly,
  kSlowCalls,
  // ---- programs; strength: runs of it
  kExportfsFails,
  kExportfsHangs,
  kExportfsKilled,
  kMkinitramfsFails,
  // ---- processes
  kServeKilled,
  kCommandKilled,
  // ---- people, and others on the host
  kClockStep,
  kTwoAtOnce,
  kSpecBroken,
  kNodeWritesRubbish,
};

struct FaultRow {
  FaultKind kind{};
  std::string_view name;
  std::string_view cause;
  int most = 1;                                   // strength; the least is 1
  std::optional<sim::zero::Fault> of_board = {};  // how the board shows it
  bool names_node = false;
};

std::span<const FaultRow> AllFaults();
const FaultRow& RowOf(FaultKind kind);
const FaultRow* FaultNamed(std::string_view name);  // null: there is none

struct Fault {
  FaultKind kind{};
  os::Moment at{0};  // since the first power-on
  int node = 0;      // of the kinds that hit one
  int strength = 1;

  bool operator==(const Fault&) const = default;
};

}  // namespace zprov::run
