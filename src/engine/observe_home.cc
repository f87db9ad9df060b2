#include "engine/observe_home.h"

#include <fmt/format.h>

#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr size_t kMostShown = 20;  // rows of a message that a person can still read

// Subvolumes below /home as far as the subvolume that holds it lists them; a copy names the rest.
Result<std::vector<std::string>> SubvolumesBelow(os::System& system, const std::string& home) {
  ZPROV_ASSIGN(const auto top, system.btrfs.Info("/"));
  if (!top) return std::vector<std::string>{};
  ZPROV_ASSIGN(const auto nested, system.btrfs.List("/"));
  std::vector<std::string> below;
  for (const os::NestedSubvolume& subvolume : nested) {
    const std::string path = JoinPath("/", subvolume.path);
    if (path != home && IsBelow(path, home)) below.push_back(path);
  }
  return below;
}

Result<void> ObserveDirectory(os::System& system, const std::string& home,
                              plan::ObservedHome& seen) {
  ZPROV_ASSIGN(const os::Filesystem filesystem, system.trees.FilesystemOf(home));
  if (filesystem.mount_point == home) seen.mounted_type = filesystem.type;
  ZPROV_ASSIGN(seen.inside, SubvolumesBelow(system, home));
  ZPROV_ASSIGN(const auto mounts, system.trees.MountsBelow(home));
  for (const os::Filesystem& mount : mounts) seen.inside.push_back(mount.mount_point);
  if (system.live == nullptr) return {};
  ZPROV_ASSIGN(const auto users, system.live->process_table.UsersOf(home));
  for (const os::TreeUser& user : users) {
    seen.users.push_back(
        fmt::format("pid {} ({}) in {}", user.process.pid, user.process.command, user.path));
  }
  return {};
}

bool IsDirectory(const std::optional<os::FileStatus>& status) {
  return status && status->type == os::FileType::kDirectory;
}

bool IsUnsaved(const os::Difference& difference, int64_t switched_ns) {
  using Kind = os::Difference::Kind;
  if (difference.kind == Kind::kExtra || difference.first_changed_ns <= switched_ns) return false;
  // Entries of the top directory come and go with the entries themselves.
  if (difference.path.empty()) return false;
  return difference.kind != Kind::kContent ||
         difference.first_modified_ns >= difference.second_modified_ns;
}

}  // namespace

Result<std::vector<std::string>> UnsavedIn(os::System& system, const plan::MoveHome& move) {
  ZPROV_ASSIGN(const auto link, system.files.Status(move.from));
  if (!link) return Fail(ErrorKind::kNotFound, move.from + " is missing: make it a symlink again");
  ZPROV_ASSIGN(const os::Comparison comparison, system.trees.Compare(move.parked, move.to));
  std::vector<std::string> unsaved;
  for (const os::Difference& difference : comparison.differences) {
    if (!IsUnsaved(difference, link->changed_ns)) continue;
    unsaved.push_back(JoinPath(move.parked, difference.path));
    if (unsaved.size() == kMostShown) return unsaved;
  }
  if (comparison.count > comparison.differences.size()) {
    unsaved.push_back(
        fmt::format("perhaps more: the trees differ in {} places, too many to look "
                    "at each (compare them by hand, then remove {})",
                    comparison.count, move.parked));
  }
  return unsaved;
}

Result<plan::ObservedHome> ObserveHome(os::System& system, const plan::MoveHome& move,
                                       const plan::Wishes& wishes) {
  plan::ObservedHome seen;
  ZPROV_ASSIGN(const auto home, system.files.Status(move.from));
  if (IsDirectory(home)) {
    ZPROV_TRY(ObserveDirectory(system, move.from, seen));
    ZPROV_ASSIGN(const auto target, system.files.Status(move.to));
    if (IsDirectory(target)) {
      ZPROV_ASSIGN(const auto names, system.trees.List(move.to));
      seen.target_has_files = !names.empty();
    }
  }
  ZPROV_ASSIGN(const auto parked, system.files.Status(move.parked));
  if (home && home->type == os::FileType::kSymlink && IsDirectory(parked) && wishes.drop_old_home) {
    ZPROV_ASSIGN(seen.unsaved, UnsavedIn(system, move));
  }
  return seen;
}

}  // namespace zprov::engine
