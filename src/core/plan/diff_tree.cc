// Diff of what lies on the disk besides managed files: the store, /home, the nodes' roots.
#include <fmt/format.h>

#include "core/plan/diff_parts.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::plan {
namespace {

bool IsDirectory(const ObservedPath& path) {
  return path.type == PathType::kDirectory || path.type == PathType::kSubvolume;
}

void Refuse(Plan& plan, std::string why) { plan.refusals.push_back(std::move(why)); }

bool MoveWasInterrupted(const Observed& observed) {
  return observed.interrupted && observed.interrupted->home_move;
}

// Data that a move would leave behind or mix up.
void GuardHomeData(const DiffInput& input, const MoveHome& move, Plan& plan) {
  const ObservedHome& home = input.observed.home;
  if (!home.mounted_type.empty()) {
    Refuse(plan,
           fmt::format("{0} is a mount point ({1}), so it cannot become a symlink: write home "
                       "= \"{0}\" under [storage] to share it where it is, or unmount it and "
                       "copy its files into a plain {0} first",
                       move.from, home.mounted_type));
  }
  for (const std::string& inside : home.inside) {
    Refuse(plan,
           fmt::format("{0} is a subvolume or a mount of its own below {1}, which a move would "
                       "leave behind: put its files into a plain directory, or write home = "
                       "\"{1}\" under [storage]",
                       inside, move.from));
  }
  const PathType target = At(input.observed, move.to).type;
  if (target != PathType::kAbsent && target != PathType::kSubvolume) {
    Refuse(plan,
           fmt::format("{} is there and is not a subvolume, so the roots' snapshots would hold "
                       "the home directories: move it away",
                       move.to));
  }
  if (home.target_has_files && !MoveWasInterrupted(input.observed)) {
    Refuse(plan, fmt::format("both {0} and {1} hold files: merge them by hand (for instance rsync "
                             "-aHAX --ignore-existing {1}/ {0}/), empty {1}, and apply again",
                             move.from, move.to));
  }
  if (At(input.observed, move.parked).type != PathType::kAbsent) {
    Refuse(plan, fmt::format("{0} is still there from an earlier move while {1} is a directory "
                             "again: look at both, then rename or remove {0}",
                             move.parked, move.from));
  }
}

void GuardHomeUsers(const DiffInput& input, const MoveHome& move, Plan& plan) {
  const ObservedHome& home = input.observed.home;
  if (home.users.empty() || input.wishes.allow_open) return;
  Refuse(plan, fmt::format("{} is in use by {}: end them, or go on with --allow-open (what they "
                           "write during the move is then compared and copied once more)",
                           move.from, Join(home.users, ", ")));
}

void DiffParkedHome(const DiffInput& input, const MoveHome& move, Plan& plan) {
  if (At(input.observed, move.parked).type == PathType::kAbsent) return;
  if (!input.wishes.drop_old_home) {
    plan.notes.push_back(
        fmt::format("{} still holds {} as it was before the move; `zprov apply "
                    "--drop-old-home` compares once more and removes it",
                    move.parked, move.from));
    return;
  }
  if (!input.observed.home.unsaved.empty()) {
    return Refuse(plan,
                  fmt::format("{} holds what {} lacks, changed after the move: {}. Copy it by "
                              "hand, then drop the old tree",
                              move.parked, move.to, Join(input.observed.home.unsaved, ", ")));
  }
  plan.steps.push_back({DropOldHome{move}, "asked for with --drop-old-home", Risk::kLiveSafe});
}

// /home is a symlink already: ours, the procedure's, or somebody else's.
void DiffLinkedHome(const DiffInput& input, const MoveHome& move, Plan& plan) {
  const ObservedPath& home = At(input.observed, move.from);
  if (home.resolved != move.to) {
    return Refuse(plan, fmt::format("{} is a symlink to {}, not to {}: write home = \"{}\" under "
                                    "[storage], or point the link at {}",
                                    move.from, home.target, move.to,
                                    home.resolved.empty() ? "DIRECTORY" : home.resolved, move.to));
  }
  if (IsDirectory(At(input.observed, move.incoming)) || MoveWasInterrupted(input.observed)) {
    plan.steps.push_back({move,
                          "the interrupted move is finished: the old tree is compared once more",
                          Risk::kLiveSafe});
    return;
  }
  DiffParkedHome(input, move, plan);
}

// A name that somebody removed or bent.
void DiffStableName(const DiffInput& input, const AdoptRoot& root, Plan& plan) {
  const std::string target = RelativeTarget(root.root, JoinPath(CurrentPointer(root), "root"));
  const ObservedPath& stable = At(input.observed, root.root);
  const bool is_missing = stable.type == PathType::kAbsent ||
                          (stable.type == PathType::kSymlink && stable.target != target);
  if (!is_missing) return;
  plan.steps.push_back({MakeSymlink{root.root, target},
                        "leads to the root of the node's generation", Risk::kLiveSafe});
}

void DiffMissingHome(const DiffInput& input, const MoveHome& move, Plan& plan) {
  if (At(input.observed, move.to).type == PathType::kAbsent) {
    plan.steps.push_back({MakeSubvolume{move.to}, "the home directories", Risk::kLiveSafe});
  }
  plan.steps.push_back({MakeSymlink{move.from, RelativeTarget(move.from, move.to)},
                        "the home directories are in their own subvolume", Risk::kLiveSafe});
}

}  // namespace

bool NeedsRoot(const Observed& observed, const AdoptRoot& root) {
  const ObservedPath& stable = At(observed, root.root);
  const bool leads_nowhere = stable.type == PathType::kAbsent ||
                             (stable.type == PathType::kSymlink && stable.resolved.empty());
  return leads_nowhere && At(observed, CurrentPointer(root)).type == PathType::kAbsent;
}

void DiffStore(const DiffInput& input, Plan& plan) {
  const auto& [desired, observed, wishes] = input;
  if (observed.store.filesystem != "btrfs") {
    return Refuse(plan,
                  fmt::format("the store {} is on {}, and snapshots need btrfs: mount a btrfs "
                              "file system there, or name another store under [storage]",
                              desired.store, observed.store.filesystem));
  }
  if (observed.store.read_only) {
    Refuse(plan, fmt::format("the store {} is read-only: look in the kernel log why, then mount -o "
                             "remount,rw",
                             desired.store));
  }
  const ObservedPath& store = At(observed, desired.store);
  if (store.type == PathType::kAbsent) {
    plan.steps.push_back({MakeDirectory{desired.store}, "the store", Risk::kLiveSafe});
  } else if (!IsDirectory(store)) {
    Refuse(plan, fmt::format("the store {} is not a directory: move it away", desired.store));
  }
  const PathType state = At(observed, desired.state).type;
  if (state == PathType::kAbsent) {
    plan.steps.push_back({MakeSubvolume{desired.state, 0700},
                          "zprov's own state: lock, journal, generations", Risk::kLiveSafe});
  } else if (state != PathType::kSubvolume) {
    Refuse(plan,
           fmt::format("{} is not a subvolume, so it is not zprov's: move it away", desired.state));
  }
}

void DiffHome(const DiffInput& input, Plan& plan) {
  if (!input.desired.home) return;
  const MoveHome& move = *input.desired.home;
  const ObservedPath& home = At(input.observed, move.from);
  if (home.type == PathType::kSymlink) return DiffLinkedHome(input, move, plan);
  if (home.type == PathType::kAbsent) return DiffMissingHome(input, move, plan);
  if (!IsDirectory(home)) {
    return Refuse(plan, move.from + " is neither a directory nor a symlink: move it away");
  }
  GuardHomeData(input, move, plan);
  GuardHomeUsers(input, move, plan);
  plan.steps.push_back({move,
                        "the nodes share the home directories, so a root's snapshot must not hold "
                        "them; the old tree stays at " +
                            move.parked,
                        Risk::kLiveSafe});
}

void DiffRoots(const DiffInput& input, Plan& plan) {
  for (AdoptRoot root : input.desired.roots) {
    const bool has_pointer = At(input.observed, CurrentPointer(root)).type != PathType::kAbsent;
    if (has_pointer) {
      DiffStableName(input, root, plan);
    } else if (At(input.observed, root.root).type == PathType::kSubvolume) {
      if (!IsDirectory(At(input.observed, root.boot))) root.boot.clear();
      plan.steps.push_back(
          {root, "this root was made by hand; it is recorded and not moved", Risk::kLiveSafe});
    }
  }
}

void DiffNewRoots(const DiffInput& input, Plan& plan) {
  MakeGeneration make{.number = 0, .nodes = {}, .source = input.desired.source, .kernel = {}};
  for (const AdoptRoot& root : input.desired.roots) {
    if (NeedsRoot(input.observed, root)) make.nodes.push_back(root.node);
  }
  if (make.nodes.empty()) return;
  const ObservedSource source = input.observed.source.value_or(ObservedSource{});
  if (!source.problem.empty()) return Refuse(plan, source.problem);
  make.number = source.next_generation;
  make.kernel = source.kernel;
  plan.steps.push_back({std::move(make), "these nodes have no root yet", Risk::kLiveSafe});
}

}  // namespace zprov::plan
