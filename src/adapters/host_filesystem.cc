#include "adapters/host_filesystem.h"

#include "adapters/libbtrfsutil.h"
#include "adapters/posix_files.h"
#include "adapters/posix_locks.h"
#include "adapters/posix_roots.h"
#include "adapters/posix_trees.h"
#include "adapters/root.h"
#include "adapters/system_clock.h"

namespace zprov::adapters {

Result<HostFilesystem> OpenHostFilesystem(const std::string& root) {
  ZPROV_ASSIGN(const auto opened, Root::Open(root));
  return HostFilesystem{opened,
                        MakeSystemClock(),
                        MakePosixFiles(opened),
                        MakePosixTrees(opened),
                        MakePosixLocks(opened),
                        MakeLibbtrfsutil(opened),
                        MakePosixRoots(opened)};
}

}  // namespace zprov::adapters
