// What an operator brings to a fresh B+: zprov, its description of the cluster, and the Zeros'
// root.
#pragma once

#include <chrono>
#include <string>

#include "util/result.h"

namespace zprov::vm {

struct PayloadOptions {
  std::string directory;  // where it is made
  std::string build;      // the build tree that zprov is installed from
  int zeros = 1;          // s0, s1, … at the ports 1-1, 1-2, …
};

// A tar archive for BplusOptions::payload; its path. kFailed.
Result<std::string> PackPayload(const PayloadOptions& options);

// On the machine: takes the archive and, where the image has no /srv/zero, the subvolume of which
// the nodes' roots are snapshots, makes it of the image's tree.
inline constexpr const char* kInstall =
    "tar -xf /dev/vdb -C / && { [ -e /srv/zero ] || { btrfs -q subvolume create /srv/zero && "
    "cp -a --reflink=always /srv/zero.tree/. /srv/zero; }; }";

}  // namespace zprov::vm
