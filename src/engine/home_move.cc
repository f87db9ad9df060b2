#include "engine/home_move.h"

#include <fmt/format.h>

#include "engine/make_directories.h"
#include "engine/observe_home.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr int kMostCopies = 3;  // a home that still changes after so many is in use

Result<bool> IsType(os::System& system, const std::string& path, os::FileType type) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  return status && status->type == type;
}

// The first copy and every byte of it compared; again while somebody changes the files meanwhile.
Result<void> CopyUntilSame(os::System& system, const plan::MoveHome& move) {
  os::Comparison left;
  for (int copies = 0; copies < kMostCopies; ++copies) {
    ZPROV_ASSIGN(const os::CopyReport report, system.trees.Copy(move.from, move.to));
    if (!report.not_entered.empty()) {
      return Fail(ErrorKind::kRefused,
                  fmt::format("{} are subvolumes or mounts of their own below {}: put their files "
                              "into plain directories first; nothing was switched over",
                              Join(report.not_entered, ", "), move.from));
    }
    ZPROV_ASSIGN(left, system.trees.Compare(move.from, move.to));
    if (left.count == 0) return {};
  }
  return Fail(ErrorKind::kBusy,
              fmt::format("{} files below {} keep changing while they are copied (the first: {}): "
                          "end what writes them and apply again; {} is as it was",
                          left.count, move.from, left.differences.front().path, move.from));
}

Result<void> CopyAndSwitch(os::System& system, const plan::MoveHome& move) {
  ZPROV_ASSIGN(const auto target, system.files.Status(move.to));
  if (!target) {
    ZPROV_TRY(MakeDirectories(system, ParentOf(move.to), 0755));
    ZPROV_TRY(system.btrfs.Create(move.to, 0755));
  }
  ZPROV_TRY(CopyUntilSame(system, move));
  ZPROV_TRY(system.trees.Sync(move.to));
  ZPROV_TRY(system.files.ReplaceSymlink(move.incoming, RelativeTarget(move.from, move.to)));
  ZPROV_TRY(system.trees.Exchange(move.from, move.incoming));
  return system.files.SyncDirectory(ParentOf(move.from));
}

// What was written into the old tree after it was compared, before the switch or after it.
Result<void> CatchUp(os::System& system, const plan::MoveHome& move) {
  ZPROV_TRY(system.trees.Copy(move.parked, move.to));
  return system.trees.Sync(move.to);
}

}  // namespace

Result<void> PerformMoveHome(os::System& system, const plan::MoveHome& move) {
  ZPROV_ASSIGN(const bool is_old_tree, IsType(system, move.from, os::FileType::kDirectory));
  if (is_old_tree) ZPROV_TRY(CopyAndSwitch(system, move));
  ZPROV_ASSIGN(const bool is_switched, IsType(system, move.incoming, os::FileType::kDirectory));
  if (is_switched) {
    ZPROV_TRY(system.trees.Rename(move.incoming, move.parked));
    ZPROV_TRY(system.files.SyncDirectory(ParentOf(move.parked)));
  }
  ZPROV_ASSIGN(const bool is_parked, IsType(system, move.parked, os::FileType::kDirectory));
  if (!is_parked) return {};
  return CatchUp(system, move);
}

Result<void> PerformDropOldHome(os::System& system, const plan::MoveHome& move) {
  ZPROV_ASSIGN(const auto unsaved, UnsavedIn(system, move));
  if (!unsaved.empty()) {
    return Fail(ErrorKind::kRefused,
                fmt::format("{} holds what {} lacks: {}. Copy it by hand first", move.parked,
                            move.to, Join(unsaved, ", ")));
  }
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(move.parked));
  if (subvolume) return system.btrfs.Delete(move.parked);
  return system.trees.RemoveTree(move.parked);
}

}  // namespace zprov::engine
