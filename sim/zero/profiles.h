// A Zero as logs show it: when it does what, and which files it asks for in which order. From
// src/core/usbboot/README.md, A Zero; what is not there says "inferred".
#pragma once

#include <span>
#include <string_view>

#include "sim/usb_function.h"
#include "sim/zero/random.h"

namespace zprov::sim::zero {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Profile {
  UsbSpeed speed = UsbSpeed::kHigh;                          // kFull: its cable or its port is bad
  Range power_to_rom{milliseconds(400), milliseconds(600)};  // inferred: it looks for a card before
  Range leaves_after_first_stage{milliseconds(1400), milliseconds(2650)};
  Range back_after{milliseconds(1260), milliseconds(1500)};
  Range between_requests{microseconds(300), microseconds(500)};
  Range after_cmdline{milliseconds(2100), milliseconds(2200)};  // a large initramfs
  seconds patience{5};                                 // unserved, then deaf; inferred: "some"
  seconds little_patience{1};                          // "answer within about 1 s"
  uint64_t status_read_fails_one_in = 4;               // the board has left already
  uint64_t shows_itself_again_one_in = 2;              // after fixup.dat; inferred: "perhaps"
  Range kernel_to_gadget{seconds(6), seconds(9)};      // inferred
  Range mounted_to_healthy{seconds(15), seconds(20)};  // inferred: user space of a Zero
  Range shutdown{seconds(4), seconds(8)};              // inferred
  milliseconds looks_for_host{100};                    // src/node: ten looks a second
  seconds tries_to_mount{1};                           // src/node
  seconds looks_for_ask{2};                            // src/node

  // A board that does everything at once and as it should: what is left is what the host does.
  static Profile Instant();
};

inline Profile Profile::Instant() {
  constexpr Range kAtOnce{milliseconds(1), milliseconds(1)};
  constexpr Range kNow{microseconds(1), microseconds(1)};
  Profile profile;
  profile.power_to_rom = profile.leaves_after_first_stage = profile.back_after = kAtOnce;
  profile.between_requests = profile.after_cmdline = kNow;
  profile.status_read_fails_one_in = profile.shows_itself_again_one_in = uint64_t{1} << 62;
  profile.kernel_to_gadget = profile.mounted_to_healthy = profile.shutdown = kAtOnce;
  return profile;
}

// What the firmware does next: asks for the file of that name, or for one that config.txt names.
enum class Ask {
  kName,
  kKernel,       // kernel= of config.txt, kernel.img without
  kInitramfs,    // initramfs of config.txt; nothing without
  kDeviceTree,   // the board's
  kOverlays,     // dtoverlay= of config.txt, each with its older names while it is missing
  kMayShowAgain  // asks for nothing: it may leave the bus and come back
};

struct Wish {
  Ask ask = Ask::kName;
  std::string_view name = {};
};

inline constexpr std::string_view kFirmware = "start.elf";
inline constexpr std::string_view kConfig = "config.txt";
inline constexpr std::string_view kCommandLine = "cmdline.txt";
inline constexpr std::string_view kDeviceTree = "bcm2708-rpi-zero.dtb";
inline constexpr std::string_view kKernelName = "kernel.img";

inline constexpr Wish kOrder[] = {
    {Ask::kName, "autoboot.txt"},
    {Ask::kName, kConfig},
    {Ask::kName, "recovery.elf"},
    {Ask::kName, kFirmware},
    {Ask::kName, "fixup.dat"},
    {Ask::kMayShowAgain},
    {Ask::kName, "recovery.elf"},
    {Ask::kName, kConfig},
    {Ask::kName, kConfig},
    {Ask::kName, "dt-blob.bin"},
    {Ask::kName, kConfig},
    {Ask::kName, "bootcfg.txt"},
    {Ask::kName, kCommandLine},
    {Ask::kMayShowAgain},
    {Ask::kName, "recovery.img"},
    {Ask::kKernel},
    {Ask::kInitramfs},
    {Ask::kMayShowAgain},
    {Ask::kDeviceTree},
    {Ask::kName, kConfig},
    {Ask::kName, "overlays/overlay_map.dtb"},
    {Ask::kOverlays},
};

}  // namespace zprov::sim::zero
