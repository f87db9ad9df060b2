// Puts things on a simulated disk as a person or an installer left them, and shows what is there.
// For tests, scenarios and the demo: a mistake here is a mistake of the programmer and throws
// std::logic_error with the sentence. Times are the clock's; nothing is durable until SyncAll.
#pragma once

#include <string>
#include <string_view>

#include "sim/disk/walk.h"

namespace zprov::sim {

struct Owner {
  uint32_t uid = 0;
  uint32_t gid = 0;
};

class Scene {
 public:
  explicit Scene(Disk& disk) : disk_(disk) {}

  // Missing directories on the way are made (0755). An existing file is edited in place: owner,
  // mode, xattrs and hard links stay.
  void Put(std::string_view path, std::string_view content, uint32_t mode = 0644);
  void MakeDirectory(std::string_view path, uint32_t mode = 0755);
  void MakeSubvolume(std::string_view path, uint32_t mode = 0755);
  void Snapshot(std::string_view from, std::string_view to);
  void Symlink(std::string_view path, std::string_view target);
  void Special(std::string_view path, os::FileType type, uint64_t device = 0);
  void HardLink(std::string_view existing, std::string_view path);
  void Remove(std::string_view path);  // a file, a stub, or a directory with all below it
  void Move(std::string_view from, std::string_view to);

  void SetOwner(std::string_view path, Owner owner);
  void SetMode(std::string_view path, uint32_t mode);
  void SetXattr(std::string_view path, const std::string& name, const std::string& value);
  void SetModified(std::string_view path, int64_t since_1970_ns);
  std::string Xattr(std::string_view path, const std::string& name) const;  // "" when not there

  // Another process holds a record lock (fcntl) on the file at `path`, as dpkg and apt do, until it
  // lets go or the power is cut.
  void HoldRecordLock(std::string_view path);
  void EndRecordLock(std::string_view path);

  // A new file system of mount.type over the directory at `path`; mount.at, root and path are
  // filled in here.
  void MountNew(std::string_view path, Mount mount);

  bool Has(std::string_view path) const;  // a symlink in the last component counts itself
  std::string Content(std::string_view path) const;  // symlinks followed

  // One line per entry below `path`, in path order, with everything but times and inode numbers:
  // two trees that a person would call the same have the same dump.
  std::string Dump(std::string_view path = "/") const;

  void SyncAll();

 private:
  Found At(std::string_view path) const;
  Found Free(std::string_view path);
  Inode& Edit(std::string_view path);

  Disk& disk_;
};

}  // namespace zprov::sim
