#include "sim/run/fault.h"

#include <algorithm>
#include <stdexcept>

namespace zprov::run {
namespace {

using Board = sim::zero::Fault;
using Kind = FaultKind;
using sim::zero::NameOf;

// The budgets: a board that fails more often in a row than the ladder tries is quarantined, and an
// operator must pull its plug; both is promised. Half a minute is longer than any step of ours may
// block, and shorter than what an operator would take for a broken host.
constexpr FaultRow kRows[] = {
    // A worn contact or a board that browned out: ROM transfers time out until power is cut.
    {Kind::kRomDeaf, NameOf(Board::kRomDeaf), "the boot ROM answers nothing", 2, Board::kRomDeaf,
     true},
    {Kind::kRomStalls, NameOf(Board::kRomStalls), "the boot ROM refuses the first stage", 3,
     Board::kRomStalls, true},
    // Normal for one board in four: it is gone before the host reads the status.
    {Kind::kStatusReadFails, NameOf(Board::kStatusReadFails),
     "the board leaves before the status is read", 3, Board::kStatusReadFails, true},
    {Kind::kNeverReturns, NameOf(Board::kNeverReturns), "dead after the first stage", 2,
     Board::kNeverReturns, true},
    {Kind::kReturnsAsRom, NameOf(Board::kReturnsAsRom), "the first stage starts over", 3,
     Board::kReturnsAsRom, true},
    // Its firmware waits a second for the first answer and not five.
    {Kind::kImpatient, NameOf(Board::kImpatient), "the second stage goes deaf after a second", 3,
     Board::kImpatient, true},
    // A bad cable: the bus resets within the bytes of a large file.
    {Kind::kVanishesInBulk, NameOf(Board::kVanishesInBulk), "leaves within the firmware's bytes", 3,
     Board::kVanishesInBulk, true},
    {Kind::kShowsItselfAgain, NameOf(Board::kShowsItselfAgain),
     "leaves and comes back between files", 3, Board::kShowsItselfAgain, true},
    {Kind::kNoGadget, NameOf(Board::kNoGadget), "its Linux does not come up", 2, Board::kNoGadget,
     true},
    {Kind::kRandomMacs, NameOf(Board::kRandomMacs), "its gadget takes no MAC", 2,
     Board::kRandomMacs, true},
    {Kind::kNoCarrier, NameOf(Board::kNoCarrier), "its link has no carrier", 2, Board::kNoCarrier,
     true},
    {Kind::kNoMount, NameOf(Board::kNoMount), "it cannot mount its root", 2, Board::kNoMount, true},
    {Kind::kNoWarmReboot, NameOf(Board::kNoWarmReboot), "told to reboot, it hangs", 2,
     Board::kNoWarmReboot, true},
    {Kind::kRomAfterHalt, NameOf(Board::kRomAfterHalt), "halted, it is a boot ROM again", 3,
     Board::kRomAfterHalt, true},
    {Kind::kIgnoresOrders, NameOf(Board::kIgnoresOrders), "its user space is stuck", 2,
     Board::kIgnoresOrders, true},
    // What hub.c calls -110: it holds up its siblings for up to 40 s.
    {Kind::kJamsHub, NameOf(Board::kJamsHub), "its port answers -110", 1, Board::kJamsHub, true},
    {Kind::kBoardUnplugged, "board-unplugged", "somebody pulls its plug for a while", 20, {}, true},
    {Kind::kHubUnplugged, "hub-unplugged", "a hub loses power with all below it", 10, {}, true},
    {Kind::kBoardsExchanged, "boards-exchanged", "two boards change places", 5, {}, true},
    {Kind::kHostPowerCut, "power-cut", "mains fail: what was not synced is gone"},
    // A hub with a supply of its own, or ports whose power outlives a reboot.
    {Kind::kHostReboots, "host-reboots-alone", "the host reboots, and its boards keep their power"},
    // A bad cable or a neighbour that sends out of turn: -EPROTO, -EOVERFLOW.
    {Kind::kBabble, "babble", "so many transfers with it fail", 3, {}, true},
    // libusb looks at the bus while udev tells it the same.
    {Kind::kArrivalToldTwice,
     "told-twice",
     "the bus tells a second time of who is there",
     1,
     {},
     true},
    // A udev with its hands full: what left is told of long after it is back.
    {Kind::kNoticesOfBusLate, "bus-late", "the bus tells so many seconds late who left and came",
     5},
    // A burst of netlink messages beyond the socket's buffer.
    {Kind::kNoticesLost, "notices-lost", "ENOBUFS: the kernel drops notices of links"},
    // A host with its hands full.
    {Kind::kNoticesOfLinksLate, "links-late", "notices of links come so many seconds late", 5},
    // Whoever changes anything about a link sends one: udev, dhcpcd, a bridge's timers.
    {Kind::kLinkToldAgain,
     "link-told-again",
     "a notice of a link that did not change",
     1,
     {},
     true},
    {Kind::kLinkDown, "link-down", "somebody sets a node's link down", 1, {}, true},
    // udev, or NetworkManager, is later than we are.
    {Kind::kLinkRenamed, "link-renamed", "somebody gives a node's link another name", 1, {}, true},
    {Kind::kLinkLeavesBridge,
     "link-leaves-bridge",
     "somebody takes a link out of the bridge",
     1,
     {},
     true},
    {Kind::kLinkMtuChanged, "link-mtu", "somebody sets a link's MTU", 1, {}, true},
    {Kind::kDiskFull, "disk-full", "somebody else fills the disk for so many seconds", 30},
    {Kind::kMediumError, "medium-error", "a call fails with EIO, so many calls from now", 400},
    // btrfs goes read-only when it cannot write; somebody mounts it again.
    {Kind::kReadOnly, "read-only", "the file system goes read-only for so many seconds", 30},
    {Kind::kSlowCalls, "slow-calls", "a slow card: a command's calls take so many ms", 50},
    {Kind::kExportfsFails, "exportfs-fails", "exportfs ends with 1", 2},
    {Kind::kExportfsHangs, "exportfs-hangs", "exportfs waits for a name server", 2},
    {Kind::kExportfsKilled, "exportfs-killed", "the OOM killer takes exportfs", 2},
    {Kind::kMkinitramfsFails, "mkinitramfs-fails", "mkinitramfs ends with 1", 2},
    {Kind::kServeKilled, "serve-killed", "the OOM killer takes serve"},
    {Kind::kCommandKilled, "command-killed", "kill -9 of a command, so many calls after it began",
     1500},
    {Kind::kClockStep, "clock-step", "NTP sets the clock by so many days, back or forth", 20},
    {Kind::kTwoAtOnce, "two-at-once", "two operators update at the same time"},
    {Kind::kSpecBroken, "spec-broken", "the spec is saved half-typed for so many seconds", 20},
    {Kind::kNodeWritesRubbish,
     "node-writes-rubbish",
     "a node fills its reports with rubbish",
     4,
     {},
     true},
};

}  // namespace

std::span<const FaultRow> AllFaults() { return kRows; }

const FaultRow& RowOf(FaultKind kind) {
  const auto found = std::ranges::find(kRows, kind, &FaultRow::kind);
  if (found == std::end(kRows)) throw std::logic_error("a fault has no row in fault.cc");
  return *found;
}

const FaultRow* FaultNamed(std::string_view name) {
  const auto found = std::ranges::find(kRows, name, &FaultRow::name);
  return found == std::end(kRows) ? nullptr : &*found;
}

}  // namespace zprov::run
