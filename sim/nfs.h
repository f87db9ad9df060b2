// The host's NFS server, as far as roots and exports matter: who may mount what, and when a mount
// goes stale (fixtures/kernels/README.md, NFS). A mount is a value that its node keeps: it survives
// whatever happens to the server. Not simulated: the wire, what a client caches, squashing, and
// mounts below an export (they are seen, as with crossmnt).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/clock.h"
#include "sim/disk/walk.h"
#include "sim/processes.h"
#include "util/net.h"
#include "util/result.h"

namespace zprov::sim {

enum class NfsVersion { k3, k4 };

// What a client holds: file handles are (file system, subvolume, inode), never paths.
struct NfsMount {
  Ipv4 client;
  Node exported = {};  // root of the export it came through
  Node root = {};      // what was mounted: the same, or a directory below it

  bool operator==(const NfsMount&) const = default;
};

// A path for one client, as exportfs left it: symlinks were followed then.
struct NfsExport {
  std::string path;
  std::string client;  // an address, a network "192.168.7.0/24", or "*"

  bool operator==(const NfsExport&) const = default;
};

class NfsServer {
 public:
  explicit NfsServer(Disk& disk) : view_(disk) {}

  // `exportfs -ra` (also -r): reads /etc/exports and flushes the export cache. Exits with 1 for
  // what the simulator does not know. A path that is not there is exported all the same, with a
  // warning.
  ProgramRun Exportfs(const std::vector<std::string>& argv);

  const std::vector<NfsExport>& exports() const { return exports_; }
  uint64_t changes() const { return changes_; }  // of them; grows with each exportfs

  // Version 3 follows symlinks on the server, version 4 none. kPermission (3) or kNotFound (4) when
  // `path` is not exported to that client; kNotFound; kNotDirectory.
  Result<NfsMount> Mount(NfsVersion version, Ipv4 client, std::string_view path);

  // A file by its path from the mount's root, "/etc/hostname". kGone is ESTALE: the tree is
  // deleted, or no export of that client leads to it once the export cache has forgotten it
  // (flushed, or after 1800 s). kNotFound.
  Result<std::string> Read(const NfsMount& mount, std::string_view path);
  // By write-and-rename; directories on the way are made.
  Result<void> Write(const NfsMount& mount, std::string_view path, std::string_view content);
  Result<void> Remove(const NfsMount& mount, std::string_view path);
  // Whether each of them would be kGone now.
  bool IsStale(const NfsMount& mount) const;

 private:
  using Key = std::pair<uint32_t, Node>;  // client's address, root of an export

  Result<View> Serve(const NfsMount& mount);
  bool MayReach(Ipv4 client, const Node& exported);
  bool IsExported(Ipv4 client, const Node& exported) const;
  // The root of the export that `real`, a path without symlinks, lies in.
  std::optional<Node> ExportOf(Ipv4 client, std::string_view real) const;

  // The exports that name that client, or its network, or everybody.
  std::vector<const NfsExport*> ExportsTo(Ipv4 client) const;

  View view_;
  std::vector<NfsExport> exports_;
  uint64_t changes_ = 0;
  std::map<Ipv4, std::vector<size_t>> to_one_;  // of them: to an address
  std::vector<size_t> to_many_;                 // the others
  std::map<Key, os::Moment> cache_;             // until when the kernel does not ask again
};

}  // namespace zprov::sim
