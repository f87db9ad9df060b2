// os::Archives of the simulated host: plain newc archives, as Linux reads them
// (Documentation/driver-api/early-userspace/buffer-format.rst), and the other way, to make one.
// Compression is refused: kNotSupported.
#pragma once

#include <map>
#include <string>

#include "os/archives.h"

namespace zprov::sim {

class Archives final : public os::Archives {
 public:
  Result<std::vector<os::ArchiveEntry>> List(std::string_view content,
                                             const os::ArchiveLimits& limits) override;
};

// Regular files by name, and their content; no directories.
std::string NewcArchive(const std::map<std::string, std::string>& files);

}  // namespace zprov::sim
