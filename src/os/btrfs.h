// Subvolumes of btrfs. Paths, common errors and durability as in os/files.h: what a verb made or
// deleted survives a power cut only after Sync (or os::Trees::Sync). No verb follows a symlink in
// the last component. Facts: fixtures/kernels/README.md, section btrfs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace zprov::os {

struct Subvolume {
  uint64_t id = 0;          // never used again on this file system
  uint64_t parent_id = 0;   // id of the subvolume it lies in; 0 for the top level
  std::string uuid;         // 32 hex digits
  std::string source_uuid;  // of the subvolume it is a snapshot of; empty: none
  uint64_t generation = 0;  // transaction of its last change
  bool read_only = false;

  bool operator==(const Subvolume&) const = default;
};

struct NestedSubvolume {
  uint64_t id = 0;
  std::string path;  // relative to the path that was listed, "s0" or "x/scratch"

  bool operator==(const NestedSubvolume&) const = default;
};

struct Space {
  uint64_t data_total = 0;      // bytes, allocated and allocatable
  uint64_t data_used = 0;       // bytes
  uint64_t metadata_total = 0;  // bytes, allocated and allocatable
  uint64_t metadata_used = 0;   // bytes

  bool operator==(const Space&) const = default;
};

enum class Access { kReadOnly, kReadWrite };

class Btrfs {
 public:
  virtual ~Btrfs() = default;

  // A new empty subvolume with that mode. kExists; kNotFound (parent); kNotSupported (not on
  // btrfs); kNoSpace.
  virtual Result<void> Create(std::string_view path, uint32_t mode) = 0;

  // `to` becomes a snapshot of the subvolume at `from`. Subvolumes nested in `from` appear in it as
  // stubs: directories with inode 2 that take no file (kPermission or kReadOnly for who tries)
  // until they are removed and made anew. kExists; kNotFound; kInvalid when `from` is no subvolume;
  // kNotSupported; kCrossDevice (another file system); kNoSpace.
  virtual Result<void> Snapshot(std::string_view from, std::string_view to, Access access) = 0;

  // kNotFound; kInvalid when it is no subvolume; kNotEmpty when it holds another subvolume;
  // kBusy when it is a mount point.
  virtual Result<void> Delete(std::string_view path) = 0;

  // Nothing when nothing, or no subvolume, is there; also off btrfs.
  virtual Result<std::optional<Subvolume>> Info(std::string_view path) = 0;

  // All subvolumes nested in the subvolume at `path`, at any depth, sorted by path. kNotFound;
  // kInvalid when it is no subvolume; kNotSupported.
  virtual Result<std::vector<NestedSubvolume>> List(std::string_view path) = 0;

  // kNotFound; kInvalid when it is no subvolume.
  virtual Result<void> SetAccess(std::string_view path, Access access) = 0;

  // Everything done on that file system so far survives a power cut. kNotFound; kNotSupported.
  virtual Result<void> Sync(std::string_view path) = 0;

  // How full the file system is. kNotFound; kNotSupported.
  virtual Result<Space> Usage(std::string_view path) = 0;
};

}  // namespace zprov::os
