// One file at a time. Paths are absolute (util/path.h) and resolved below the world's root:
// neither ".." nor an absolute symlink leaves it (openat2 RESOLVE_IN_ROOT). Symlinks on the way are
// followed; the last component is followed only where a verb says so.
//
// Every verb may fail with kNotDirectory (a component is no directory), kPermission, kReadOnly,
// kIo and kInvalid (path not normal, symlink loop); the kinds named at a verb come on top.
// Durability: a verb's effect survives a kill of this process as soon as it returned. It survives a
// power cut only as each verb says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "util/result.h"

namespace zprov::os {

enum class FileType { kRegular, kDirectory, kSymlink, kFifo, kSocket, kCharDevice, kBlockDevice };

struct FileStatus {
  FileType type = FileType::kRegular;
  uint32_t mode = 0;  // permission bits with setuid, setgid, sticky: at most 07777
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t size = 0;        // bytes
  uint64_t filesystem = 0;  // st_dev: differs between subvolumes and file systems
  uint64_t inode = 0;       // 256: root of a subvolume; 2: stub of one (fixtures/kernels/README.md)
  uint64_t hard_links = 1;
  int64_t modified_ns = 0;  // since 1970: content
  int64_t changed_ns = 0;   // since 1970: content, attributes or name

  bool operator==(const FileStatus&) const = default;
};

// The bytes of a file, without a copy where they are mapped.
struct FileBytes {
  std::string_view bytes = {};                   // valid as long as `keeper`
  std::shared_ptr<const void> keeper = nullptr;  // of what `bytes` points into
};

class Files {
 public:
  virtual ~Files() = default;

  // What is at `path` itself (a symlink is not followed); nothing when nothing is there, also when
  // a directory on the way is missing.
  virtual Result<std::optional<FileStatus>> Status(std::string_view path) = 0;

  // The whole content of a regular file, symlinks followed. kNotFound; kIsDirectory; kInvalid for
  // any other type; kTooLarge when it has more than `limit` bytes.
  virtual Result<std::string> Read(std::string_view path, uint64_t limit) = 0;

  // The first `bytes` of a regular file, or all that it has, symlinks followed. kNotFound;
  // kIsDirectory; kInvalid for any other type.
  virtual Result<std::string> ReadStart(std::string_view path, uint64_t bytes) = 0;

  // As Read, without a copy: the bytes are shared with whoever else reads the file, and come from
  // the disk as they are looked at (reading ahead has begun). Only for files that never change: one
  // that is cut short under its reader ends the process (SIGBUS). That the file goes does no harm.
  virtual Result<FileBytes> Map(std::string_view path, uint64_t limit) = 0;

  // For what a node can write: `name` (relative, may hold '/') below `directory`, with no symlink
  // and no ".." followed from there on (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), opened without
  // blocking. kNotFound; kEscapes for a symlink or a way out; kInvalid for anything but a regular
  // file; kTooLarge beyond 4096 bytes.
  virtual Result<std::string> ReadConfined(std::string_view directory, std::string_view name) = 0;

  // Puts `content` at `path` in one act: a reader, or whoever starts after a crash, sees the old
  // content or the new one, whole. A symlink at `path` is followed and stays (its target is
  // replaced, or made). An existing file's owner, mode, ACLs and xattrs are kept and `mode` is
  // used only for a new file. Left-over temporary names of an interrupted Write are never read
  // back. The content is on disk when it returns; the *name* survives a power cut only after
  // SyncDirectory of the directory it is really in. kNotFound (no such directory); kNoSpace, after
  // which the old file is untouched and nothing is left over; kIsDirectory; kInvalid for any other
  // type.
  virtual Result<void> Write(std::string_view path, std::string_view content, uint32_t mode) = 0;

  // As Write, for a tree that nothing points to yet: nothing is synced, the file lasts only after
  // os::Trees::Sync, and until this returns a new one may be seen half written. The same errors.
  virtual Result<void> WriteDraft(std::string_view path, std::string_view content,
                                  uint32_t mode) = 0;

  // The symlink at `path` now says `target`, replacing a symlink that was there, in one act. Lasts
  // after SyncDirectory of its parent. kExists when something else is there; kNotFound (parent);
  // kNoSpace.
  virtual Result<void> ReplaceSymlink(std::string_view path, std::string_view target) = 0;

  // kNotFound; kInvalid when it is no symlink.
  virtual Result<std::string> ReadSymlink(std::string_view path) = 0;

  // The path that `path` means once every symlink in it is followed, still below the world's root:
  // Resolve("/home/pi") is "/x/snaa/pi". kNotFound.
  virtual Result<std::string> Resolve(std::string_view path) = 0;

  // fsync of the directory: the names in it, and names taken out of it, survive a power cut, along
  // with what Write wrote. kNotFound.
  virtual Result<void> SyncDirectory(std::string_view path) = 0;
};

}  // namespace zprov::os
