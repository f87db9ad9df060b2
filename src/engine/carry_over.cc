#include "engine/carry_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/generations/layout.h"
#include "engine/inside_root.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kStubInode = 2;   // fixtures/kernels/README.md, btrfs
constexpr uint64_t kMostFiles = 10;  // a table of them fits a screen
constexpr size_t kMostInALine = 3;   // in one line

// Beside the nodes' directories of the generation that `root` belongs to.
std::string NotePath(const std::string& root) {
  return JoinPath(ParentOf(ParentOf(root)), "unwritten.transid");
}

// An outer path first: what it takes along is then gone for an inner one, which would otherwise be
// taken first and replaced by the outer one.
std::vector<std::string> Keeps(const spec::ClusterSpec& spec) {
  std::vector<std::string> keeps = spec.update_keep;
  std::sort(keeps.begin(), keeps.end());
  return keeps;
}

// ---- carrying over

struct Side {
  std::string path;
  os::InsideRoot& inside;
};

struct Thing {
  std::string path;  // in both roots
  std::string tray;  // directory in both roots, while it is carried over
};

// Missing parents are made as they are in the previous root.
Result<void> MakeParents(os::System& system, const Side& from, const Side& to,
                         const std::string& path) {
  const std::string parent = ParentOf(path);
  ZPROV_ASSIGN(const auto present, RealPath(to.inside, parent));
  if (present) return {};
  ZPROV_TRY(MakeParents(system, from, to, parent));
  ZPROV_TRY(RemoveFrom(to.inside, parent));  // a symlink to nowhere
  ZPROV_TRY(to.inside.trees().MakeDirectory(parent, 0755));
  ZPROV_ASSIGN(const auto old_parent, RealPath(from.inside, parent));
  ZPROV_ASSIGN(const auto new_parent, RealPath(to.inside, parent));
  if (!old_parent || !new_parent) return {};
  return system.roots.CopyAttributes(from.path + *old_parent, to.path + *new_parent);
}

// One thing onto a tray, the tray across, and the thing to its place: files, links and directories
// alike, with all their attributes, and nothing of the new root's own stays among them.
Result<void> CarryOne(os::System& system, const Side& from, const Side& to, const Thing& keep) {
  ZPROV_ASSIGN(const auto thing, RealPath(from.inside, keep.path));
  if (!thing || *thing == "/") return {};
  ZPROV_ASSIGN(const auto status, from.inside.files().Status(*thing));
  if (!status || status->inode == kStubInode) return {};
  ZPROV_TRY(MakeParents(system, from, to, keep.path));
  for (const Side* side : {&from, &to}) {
    ZPROV_TRY(RemoveFrom(side->inside, keep.tray));  // the node may have put anything there
    ZPROV_TRY(side->inside.trees().MakeDirectory(keep.tray, 0700));
  }
  const std::string on_tray = JoinPath(keep.tray, "it");
  ZPROV_TRY(from.inside.trees().Rename(*thing, on_tray));
  ZPROV_TRY(system.trees.Copy(from.path + keep.tray, to.path + keep.tray));
  ZPROV_ASSIGN(const auto there, RealPath(to.inside, keep.path));
  const std::string place = there ? *there : keep.path;
  ZPROV_TRY(RemoveFrom(to.inside, place));
  ZPROV_TRY(to.inside.trees().Rename(on_tray, place));
  return to.inside.trees().Remove(keep.tray);
}

Result<void> CarryAll(os::System& system, const std::vector<std::string>& keeps,
                      const std::string& from, const std::string& to) {
  ZPROV_ASSIGN(const auto from_inside, system.roots.Open(from));
  ZPROV_ASSIGN(const auto to_inside, system.roots.Open(to));
  for (size_t i = 0; i < keeps.size(); ++i) {
    // Each its own: those of the previous root go with its snapshot, whatever lies on them.
    const Thing keep{keeps[i], fmt::format("/.zprov-keep-{}", i)};
    auto carried = CarryOne(system, {from, *from_inside}, {to, *to_inside}, keep);
    if (!carried) return While("carry " + keeps[i] + " over", std::move(carried).error());
  }
  return {};
}

// From a snapshot of the previous root: the node may run on it and change it, and its symlinks,
// while we read.
Result<void> CarryKept(os::System& system, const spec::ClusterSpec& spec,
                       const CarryOverOrder& order, const std::string& previous) {
  const std::vector<std::string> keeps = Keeps(spec);
  if (keeps.empty()) return {};
  const std::string frozen =
      JoinPath(generations::NodePath(spec, order.number, order.node), "previous");
  ZPROV_TRY(system.btrfs.Snapshot(previous, frozen, os::Access::kReadWrite));
  ZPROV_TRY(CarryAll(system, keeps, frozen, generations::RootOf(spec, order.number, order.node)));
  return system.btrfs.Delete(frozen);
}

// ---- what will be missed

// The last change of what its maker, zprov or the procedure's script, wrote into the root: there is
// no record of a root made by hand, and btrfs keeps no time for a subvolume that we could ask for.
// Nothing when it cannot be told.
Result<std::optional<int64_t>> WasMade(os::System& system, const std::string& root) {
  ZPROV_ASSIGN(const auto inside, system.roots.Open(root));
  std::optional<int64_t> made;
  for (const char* path : {"/etc/hostname", "/etc/fstab"}) {
    ZPROV_ASSIGN(const auto status, inside->files().Status(path));
    if (status) made = std::max(made.value_or(0), status->changed_ns);
  }
  return made;
}

Result<bool> IsUnwritten(os::System& system, const std::string& root) {
  auto note = system.files.Read(NotePath(root), 64);
  if (!note && note.error().kind != ErrorKind::kNotFound) {
    return tl::make_unexpected(std::move(note).error());
  }
  if (!note) return false;
  const auto last = ParseNumber(Trim(*note), std::numeric_limits<unsigned long>::max());
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(root));
  return last && subvolume && subvolume->generation <= *last;
}

std::string Size(uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1000000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string LossText(const std::string& node, const os::Changes& changes) {
  std::vector<std::string> named;
  for (const os::ChangedFile& file : changes.largest) {
    if (named.size() == kMostInALine) break;
    named.push_back(fmt::format("{} ({})", JoinPath("/", file.path), Size(file.bytes)));
  }
  if (changes.count > named.size()) named.emplace_back("…");
  return fmt::format(
      "{}: {} file{} ({}) that it wrote stay{} behind in its root until now: {}; name under "
      "update.keep what the next ones shall take over",
      node, changes.count, changes.count == 1 ? "" : "s", Size(changes.bytes),
      changes.count == 1 ? "s" : "", Join(named, ", "));
}

}  // namespace

Result<os::Changes> WrittenIn(os::System& system, const spec::ClusterSpec& spec,
                              const std::string& root, std::optional<int64_t> since_ns) {
  ZPROV_ASSIGN(const bool unwritten, IsUnwritten(system, root));
  if (unwritten) return os::Changes{};
  ZPROV_ASSIGN(const std::string real, system.files.Resolve(root));
  if (!since_ns) {
    ZPROV_ASSIGN(since_ns, WasMade(system, real));
  }
  if (!since_ns) return os::Changes{};
  os::ChangesQuery query{*since_ns, kMostFiles, {"run", "tmp", "var/lib/zprov"}};
  for (const std::string& keep : Keeps(spec)) query.without.push_back(keep.substr(1));
  return system.roots.ChangedSince(real, query);
}

Result<void> CarryOver(os::System& system, const spec::ClusterSpec& spec,
                       const CarryOverOrder& order, const OnNotice& notice) {
  auto previous = system.files.Resolve(order.previous);
  if (!previous && previous.error().kind == ErrorKind::kNotFound) {
    notice({Notice::Kind::kWarning,
            fmt::format("{}: its root until now, {}, is gone: nothing of it is carried over",
                        order.node, order.previous)});
    return {};
  }
  ZPROV_TRY(previous);
  ZPROV_ASSIGN(const auto written, WrittenIn(system, spec, order.previous, order.made_ns));
  if (written.count > 0) notice({Notice::Kind::kWarning, LossText(order.node, written)});
  return CarryKept(system, spec, order, *previous);
}

Result<void> NoteUnwritten(os::System& system, const spec::ClusterSpec& spec, int number,
                           const std::vector<std::string>& nodes) {
  uint64_t last = 0;
  for (const std::string& node : nodes) {
    ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(generations::RootOf(spec, number, node)));
    if (subvolume) last = std::max(last, subvolume->generation);
  }
  if (nodes.empty()) return {};
  const std::string note = NotePath(generations::RootOf(spec, number, nodes.front()));
  return system.files.WriteDraft(note, fmt::format("{}\n", last), 0644);
}

}  // namespace zprov::engine
