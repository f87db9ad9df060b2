// The boot set of a generation: firmware, kernel, device trees, overlays and initramfs under the
// fixed names that the nodes ask for. Which file becomes what is core/bootset/.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Looks, changes nothing: what update would find in the tree at `source` (the source subvolume, or
// a base). The version of the kernel that would become kernel.img. kRefused with what is missing,
// where it was looked for, and what to do.
Result<std::string> FindKernel(os::System& system, const spec::ClusterSpec& spec,
                               const std::string& source);

struct BootSetOrder {
  std::string base;  // subvolume: a snapshot of the spec's source; it stays as it is
  std::string to;    // the subvolume that is made
};

// The subvolume in which the initramfs of the boot set `to` is made; there only meanwhile, or when
// the making was cut off.
std::string ScratchPath(const std::string& to);

// Makes the boot set from the tree at `base`, with the initramfs made by `mkinitramfs` chrooted
// into a snapshot of base where there is one and it runs here, else the ready-made one that the
// spec names. What a file system of its own holds in the source (a FAT /boot) is in no snapshot: it
// is taken from the source. Read-only when this returns; not synced. Returns the kernel's version.
// Errors as above; kFailed, kTimedOut: mkinitramfs, with its last words. After an error nothing is
// left.
Result<std::string> MakeBootSet(os::System& system, const spec::ClusterSpec& spec,
                                const BootSetOrder& order, const OnNotice& notice);

}  // namespace zprov::engine
