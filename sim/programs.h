// Programs that a node's system has, as far as zprov runs them inside its root.
#pragma once

#include <string>
#include <vector>

#include "sim/processes.h"

namespace zprov::sim {

// mkinitramfs [-c COMPRESSION] -o FILE VERSION: writes FILE, an archive that names the version and
// has every module of modules.dep. Like the real one it exits with 1 and a sentence when the root
// has no /lib/modules/VERSION.
ProgramRun MakeInitramfs(const std::vector<std::string>& argv, os::InsideRoot& root);

// What it writes on a host with these files.
std::string Initramfs(const std::string& version, os::Files& files);

}  // namespace zprov::sim
