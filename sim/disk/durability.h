// What fsync of a directory makes last, and nothing else: the rest of a file system's unsynced
// changes stays at risk (os/files.h). Where kernels differ, the outcome that helps least.
#pragma once

#include "sim/disk/inode.h"

namespace zprov::sim {

// Makes the names of directory `inode` in tree `tree` last in `durable` as they are in `live`:
//  - a file comes with its content only when Files::Write put it there; else it is empty;
//  - a new directory comes empty; one that moved here moves with what it durably holds;
//  - a subvolume that was made or deleted since the last sync is not touched; one that moved,
//  moves;
//  - a name that is gone goes, unless what it meant now lives in a directory not synced yet.
void SyncDirectoryNames(const Image& live, Image& durable, const Node& directory);

}  // namespace zprov::sim
