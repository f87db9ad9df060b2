// How the simulated disk does os::Trees::Copy.
#pragma once

#include "os/trees.h"
#include "sim/disk/disk.h"

namespace zprov::sim {

struct PlacedNode {
  Node node;
  std::string path;  // for messages and reports
};

// Both are directories.
Result<os::CopyReport> CopyTree(Disk& disk, const PlacedNode& from, const PlacedNode& to);

// Same type, bytes, symlink text and device number.
bool SameContent(const Inode& a, const Inode& b);
// Same owner, mode and xattrs; for all but directories also the modification time.
bool SameAttributes(const Inode& a, const Inode& b);

}  // namespace zprov::sim
