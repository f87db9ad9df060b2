// What is in an initramfs. Its content comes as bytes: who reads the file, and how much of it at
// most, is os/files.h's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "os/files.h"
#include "util/result.h"

namespace zprov::os {

struct ArchiveEntry {
  std::string name;  // as it stands there: "usr/bin/sh", "./usr/bin/sh", perhaps "../sh"
  FileType type = FileType::kRegular;
  uint64_t bytes = 0;  // size of a regular file; 0 for the rest

  bool operator==(const ArchiveEntry&) const = default;
};

// Beyond one of them an archive is not read on: a few bytes can unpack to any number.
struct ArchiveLimits {
  uint64_t entries = 0;
  uint64_t bytes = 0;  // unpacked
};

class Archives {
 public:
  virtual ~Archives() = default;

  // The entries of a cpio archive, plain or compressed (gzip, bzip2, lzma, xz, zstd, lz4), in its
  // order; of several behind each other all, as Linux unpacks them (an uncompressed one with
  // microcode, then the rest). Nothing is unpacked to anywhere. kInvalid: no such archive, or it
  // is damaged, or other bytes than zeros are behind it (the real one may skip bytes that stand
  // between entries); kTooLarge: beyond a limit.
  virtual Result<std::vector<ArchiveEntry>> List(std::string_view content,
                                                 const ArchiveLimits& limits) = 0;
};

}  // namespace zprov::os
