#include "engine/take_over.h"

#include <algorithm>

#include "core/generations/layout.h"
#include "core/plan/desired.h"
#include "engine/make_directories.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// A fixed name, and where what a hand put there goes.
struct Place {
  std::string name;     // "/x/s0"
  std::string text;     // of the symlink it becomes; empty: it becomes an empty directory
  std::string parking;  // "/x/.zprov/gen/0/s0/root"

  // Beside the name, where both can change places: first what the name becomes, then what it was.
  std::string Waiting() const {
    return JoinPath(ParentOf(name), "." + NameOf(name) + ".zprov-new");
  }
};

Result<void> SyncBoth(os::System& system, const Place& place) {
  ZPROV_TRY(system.files.SyncDirectory(ParentOf(place.name)));
  return system.files.SyncDirectory(ParentOf(place.parking));
}

Result<std::optional<os::FileType>> TypeOf(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status) return std::nullopt;
  return status->type;
}

// A directory with something in it.
Result<bool> HoldsFiles(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto type, TypeOf(system, path));
  if (type != os::FileType::kDirectory) return false;
  ZPROV_ASSIGN(const auto names, system.trees.List(path));
  return !names.empty();
}

Result<void> RemoveIfThere(os::System& system, const std::string& path) {
  auto removed = system.trees.Remove(path);
  if (!removed && removed.error().kind != ErrorKind::kNotFound) return removed;
  return {};
}

// A subvolume moves as it is; a plain directory cannot leave the subvolume it lies in.
Result<void> Park(os::System& system, const Place& place) {
  ZPROV_TRY(MakeDirectories(system, ParentOf(place.parking), 0755));
  ZPROV_ASSIGN(const auto parked, TypeOf(system, place.parking));
  if (parked && *parked != os::FileType::kDirectory) {
    ZPROV_TRY(system.trees.Remove(place.parking));
  }
  const std::string waiting = place.Waiting();
  auto renamed = parked == os::FileType::kDirectory ? Fail(ErrorKind::kCrossDevice, "")
                                                    : system.trees.Rename(waiting, place.parking);
  if (renamed) return SyncBoth(system, place);
  if (renamed.error().kind != ErrorKind::kCrossDevice) return renamed;
  ZPROV_TRY(MakeDirectories(system, place.parking, 0755));
  ZPROV_TRY(system.trees.Copy(waiting, place.parking));
  ZPROV_TRY(system.trees.Sync(place.parking));
  ZPROV_TRY(system.trees.RemoveTree(waiting));
  return system.files.SyncDirectory(ParentOf(waiting));
}

Result<void> Prepare(os::System& system, const Place& place) {
  if (!place.text.empty()) return system.files.ReplaceSymlink(place.Waiting(), place.text);
  return MakeDirectories(system, place.Waiting(), 0755);
}

// What the name is now changes places with what it becomes, in one act, and is parked.
Result<void> Swap(os::System& system, const Place& place) {
  ZPROV_TRY(Prepare(system, place));
  ZPROV_TRY(system.trees.Exchange(place.name, place.Waiting()));
  ZPROV_TRY(system.files.SyncDirectory(ParentOf(place.name)));
  return Park(system, place);
}

// True when an earlier call was cut off after the exchange.
Result<bool> IsHalfDone(os::System& system, const Place& place) {
  if (place.text.empty()) return HoldsFiles(system, place.Waiting());
  ZPROV_ASSIGN(const auto waiting, TypeOf(system, place.Waiting()));
  return waiting == os::FileType::kDirectory;
}

Result<void> MakeLink(os::System& system, const Place& place) {
  ZPROV_ASSIGN(const auto type, TypeOf(system, place.name));
  if (type == os::FileType::kSymlink) {
    ZPROV_ASSIGN(const std::string text, system.files.ReadSymlink(place.name));
    if (text == place.text) return {};
  }
  ZPROV_TRY(MakeDirectories(system, ParentOf(place.name), 0755));
  ZPROV_TRY(system.files.ReplaceSymlink(place.name, place.text));
  return system.files.SyncDirectory(ParentOf(place.name));
}

// True when something was parked.
Result<bool> Link(os::System& system, const Place& place) {
  const auto parked = [](const Result<void>& done) { return done.map([] { return true; }); };
  ZPROV_ASSIGN(const bool is_half_done, IsHalfDone(system, place));
  if (is_half_done) return parked(Park(system, place));
  ZPROV_ASSIGN(const auto type, TypeOf(system, place.name));
  if (type && *type != os::FileType::kSymlink) return parked(Swap(system, place));
  return MakeLink(system, place).map([] { return false; });
}

// Natively the port's directory stays one, for the operator's overlay, and starts empty.
Result<void> Empty(os::System& system, const Place& place) {
  ZPROV_ASSIGN(const bool is_half_done, IsHalfDone(system, place));
  if (is_half_done) return Park(system, place);
  ZPROV_ASSIGN(const bool holds_files, HoldsFiles(system, place.name));
  if (holds_files) return Swap(system, place);
  return RemoveIfThere(system, place.Waiting());
}

// A directory in the way of a symlink in the compatible mode, of a node that has no generation 0.
std::string Retired(const spec::ClusterSpec& spec, const std::string& path) {
  return JoinPath(plan::RetiredDirectory(spec), path.substr(1));
}

enum class Origin { kHand, kApply };  // who made the node's root

Result<void> TakeOverBoot(os::System& system, const spec::ClusterSpec& spec, const spec::Node& node,
                          Origin origin) {
  const std::string name = JoinPath(spec.storage.boot, node.usb->ToString());
  const std::string current = JoinPath(generations::CurrentPath(spec, node.name), "boot");
  const std::string boot = generations::BootOf(spec, 0, node.name);
  if (spec.mode == spec::Mode::kCompatible) {
    const Place place{name, RelativeTarget(name, current),
                      origin == Origin::kHand ? boot : Retired(spec, name)};
    return Link(system, place).map([](bool) {});
  }
  if (origin == Origin::kApply) return {};
  return Empty(system, {name, "", boot});
}

}  // namespace

Result<bool> TakeOver(os::System& system, const spec::ClusterSpec& spec, const std::string& node) {
  const std::string name = generations::StablePath(spec, node);
  const std::string current = JoinPath(generations::CurrentPath(spec, node), "root");
  const Place root{name, RelativeTarget(name, current), generations::RootOf(spec, 0, node)};
  ZPROV_ASSIGN(const auto type, TypeOf(system, name));
  const Origin origin = type == os::FileType::kDirectory ? Origin::kHand : Origin::kApply;
  const auto found = std::find_if(spec.nodes.begin(), spec.nodes.end(),
                                  [&](const spec::Node& other) { return other.name == node; });
  // The root last: while it is where the hand put it, the boot files may be too.
  if (found != spec.nodes.end() && found->usb) {
    ZPROV_TRY(TakeOverBoot(system, spec, *found, origin));
  }
  return Link(system, root);
}

}  // namespace zprov::engine
