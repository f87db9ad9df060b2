// The initramfs that a source makes for itself: mkinitramfs, run inside it. A ready-made one is
// engine/boot_set.cc's.
#pragma once

#include <string>

#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

inline constexpr const char* kMkinitramfs = "/usr/sbin/mkinitramfs";  // Debian, initramfs-tools

struct InitramfsOrder {
  std::string base;     // subvolume in which it runs, or rather in a snapshot of it
  std::string scratch;  // that snapshot: made here, and gone when this returns
  std::string version;  // of the kernel
  std::string to;       // the file it becomes, where nothing is
};

// The initramfs is at order.to, not synced. kNotSupported: programs of base do not run on this
// machine; kFailed, kTimedOut: mkinitramfs, with its last words.
Result<void> MakeInitramfs(os::System& system, const InitramfsOrder& order, const OnNotice& notice);

}  // namespace zprov::engine
