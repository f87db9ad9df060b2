#include "engine/base.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "core/render/renderers.h"
#include "engine/absent.h"
#include "engine/identity.h"
#include "engine/inside_root.h"
#include "engine/node_side.h"
#include "engine/observe.h"
#include "engine/strip_host.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// A stub takes no file, and the directory that takes its place would have lost the owner, mode and
// ACL of the subvolume's root (fixtures/kernels/README.md, Stubs).
Result<void> ReplaceStub(os::System& system, const std::string& source, const std::string& base,
                         const std::string& stub) {
  const std::string path = JoinPath(base, stub);
  ZPROV_TRY(system.trees.Remove(path));
  ZPROV_TRY(system.trees.MakeDirectory(path, 0755));
  auto copied = system.roots.CopyAttributes(JoinPath(source, stub), path);
  // Somebody deleted the subvolume since the snapshot: there is nothing to be like.
  if (!copied && copied.error().kind == ErrorKind::kNotFound) return {};
  return copied;
}

Result<std::set<os::HostKeyKind>> KeyKindsIn(os::InsideRoot& base) {
  std::set<os::HostKeyKind> kinds;
  for (const HostKeyFile& row : HostKeyFiles()) {
    ZPROV_ASSIGN(const auto status, base.files().Status(PathOf(row)));
    if (status) kinds.insert(row.kind);
  }
  return kinds;
}

// As the operator has it, else as zprov would render it.
Result<std::string> NodesFstab(os::System& system, const spec::ClusterSpec& spec) {
  auto own = system.files.Read(JoinPath(spec.storage.proto, "fstab"), kManagedFileLimit);
  if (own || own.error().kind != ErrorKind::kNotFound) return own;
  return render::PlainContent(render::Fstab(spec));
}

// The store may be a mount of its own on the host, and then the snapshot has nothing of it; the
// nodes mount the shared home there.
Result<void> MakeHomeMountPoint(os::System& system, const spec::ClusterSpec& spec,
                                os::InsideRoot& base, const std::string& base_path) {
  ZPROV_ASSIGN(const auto present, base.files().Status(spec.storage.home));
  if (present) return {};
  ZPROV_TRY(MakeDirectoriesIn(base, spec.storage.home));
  ZPROV_ASSIGN(const std::string made, base.files().Resolve(spec.storage.home));
  auto copied = system.roots.CopyAttributes(spec.storage.home, base_path + made);
  if (!copied && copied.error().kind == ErrorKind::kNotFound) return {};
  return copied;
}

// The same file once more. Each root replaces it, and an old file would be far from the new ones in
// the tree of the root, which then shares two more blocks less with the base.
Result<void> MakeAnew(os::InsideRoot& base, const std::string& path) {
  auto content = base.files().Read(path, kManagedFileLimit);
  if (!content && content.error().kind == ErrorKind::kNotFound) return {};
  if (!content) return tl::make_unexpected(std::move(content).error());
  return base.files().WriteDraft(path, *content, 0644);
}

// Looked at once here, so that nobody has to in each root.
Result<void> MakeRoomForNodesOwn(os::InsideRoot& base, const std::set<os::HostKeyKind>& kinds) {
  for (const char* path : {kHostnamePath, kHostsPath, kMachineIdPath}) {
    ZPROV_TRY(MakeRoomFor(base, path));
  }
  for (const char* path : {kHostnamePath, kHostsPath}) ZPROV_TRY(MakeAnew(base, path));
  for (const HostKeyFile& file : HostKeyFiles()) {
    if (kinds.contains(file.kind)) ZPROV_TRY(MakeRoomFor(base, PathOf(file)));
  }
  return {};
}

// dbus takes the link for what it was, and no node needs a second file (dbus-uuidgen(1)).
Result<void> LinkDbusMachineId(os::InsideRoot& base, const std::string& path) {
  return base.files().ReplaceSymlink(path, RelativeTarget(path, kMachineIdPath));
}

Result<roots::NodesHosts> HostsOfNodes(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  auto text = base.files().Read(kHostsPath, kManagedFileLimit);
  if (!text && text.error().kind != ErrorKind::kNotFound) {
    return While("the source's /etc/hosts", std::move(text).error());
  }
  auto hosts = roots::HostsOfNodes(text.value_or(""), spec);
  if (!hosts) return While("the source's /etc/hosts", std::move(hosts).error());
  return hosts;
}

Result<Base> DoOnceForAll(os::System& system, const spec::ClusterSpec& spec,
                          const std::string& path) {
  constexpr char kDbusMachineId[] = "/var/lib/dbus/machine-id";
  ZPROV_ASSIGN(const auto opened, system.roots.Open(path));
  os::InsideRoot& inside = *opened;
  Base base;
  ZPROV_ASSIGN(base.key_kinds, KeyKindsIn(inside));
  ZPROV_ASSIGN(const auto dbus, inside.files().Status(kDbusMachineId));
  ZPROV_ASSIGN(base.hosts, HostsOfNodes(spec, inside));
  ZPROV_TRY(StripHost(spec, inside));
  ZPROV_TRY(EditShared(spec, inside));
  ZPROV_TRY(PutNodeSide(spec, inside));
  ZPROV_TRY(MakeRoomForNodesOwn(inside, base.key_kinds));
  if (dbus) ZPROV_TRY(LinkDbusMachineId(inside, kDbusMachineId));
  ZPROV_ASSIGN(const std::string fstab, NodesFstab(system, spec));
  ZPROV_TRY(PutOwn(inside, {"/etc/fstab", fstab, 0644}));
  ZPROV_TRY(MakeHomeMountPoint(system, spec, inside, path));
  return base;
}

}  // namespace

Result<void> CheckSource(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(spec.storage.source));
  if (subvolume) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("{} is no btrfs subvolume, so there is no snapshot of it: put the system "
                          "into one and name it as storage.source",
                          spec.storage.source));
}

Result<Base> MakeBase(os::System& system, const spec::ClusterSpec& spec, int number,
                      const OnNotice& notice) {
  const std::string& source = spec.storage.source;
  const std::string path = generations::BasePath(spec, number);
  notice({Notice::Kind::kProgress, fmt::format("snapshot of {} as generation {}", source, number)});
  ZPROV_TRY(system.btrfs.Snapshot(source, path, os::Access::kReadWrite));
  ZPROV_ASSIGN(const auto stubs, system.roots.Stubs(path));
  for (const std::string& stub : stubs) {
    if (auto done = ReplaceStub(system, source, path, stub); !done) {
      return While("stub " + stub, std::move(done).error());
    }
  }
  ZPROV_ASSIGN(const auto mounts, system.trees.MountsBelow(source));
  if (const std::string text = AbsentNotice(spec, stubs, mounts); !text.empty()) {
    notice({Notice::Kind::kWarning, text});
  }
  ZPROV_ASSIGN(Base base, DoOnceForAll(system, spec, path));
  // From here on it stays what all roots of this generation are made of.
  ZPROV_TRY(system.btrfs.SetAccess(path, os::Access::kReadOnly));
  return base;
}

}  // namespace zprov::engine
