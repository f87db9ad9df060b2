// The way out of a generation, whole or half made: subvolumes first, then what held them.
#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "engine/boot_set.h"
#include "engine/generations.h"
#include "engine/make_generation.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// The nodes whose pointer names that generation.
Result<std::vector<std::string>> PointingAt(os::System& system, const spec::ClusterSpec& spec,
                                            int number) {
  const std::string directory = generations::CurrentDirectory(spec);
  ZPROV_ASSIGN(const auto names, NamesOrNone(system, directory));
  std::vector<std::string> nodes;
  for (const std::string& name : names) {
    auto text = system.files.ReadSymlink(JoinPath(directory, name));
    if (!text && text.error().kind == ErrorKind::kInvalid) continue;  // no pointer
    ZPROV_TRY(text);
    if (generations::NumberInPointer(*text, name) == number) nodes.push_back(name);
  }
  return nodes;
}

Error InUse(int number, const std::string& node) {
  return {ErrorKind::kBusy,
          fmt::format("generation {} is the current one of {}: `zprov rollback {}` or a new "
                      "generation first",
                      number, node, node)};
}

// A subvolume, a symlink or file, or a directory that holds such; nothing when it is not there.
Result<void> Discard(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status) return {};
  if (status->type != os::FileType::kDirectory) return system.trees.Remove(path);
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(path));
  if (!subvolume) return system.trees.RemoveTree(path);
  auto deleted = system.btrfs.Delete(path);
  if (!deleted) return While("delete " + path, std::move(deleted).error());
  return {};
}

Result<void> DiscardNodeDirectory(os::System& system, const std::string& path) {
  // The root first: without it the node has nothing here.
  ZPROV_TRY(Discard(system, JoinPath(path, "root")));
  ZPROV_ASSIGN(const auto names, NamesOrNone(system, path));
  for (const std::string& name : names) ZPROV_TRY(Discard(system, JoinPath(path, name)));
  return Discard(system, path);
}

Result<bool> IsPlainDirectory(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status || status->type != os::FileType::kDirectory) return false;
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(path));
  return !subvolume;
}

Result<void> ForgetRecord(os::System& system, const spec::ClusterSpec& spec, int number) {
  const std::string record = generations::RecordPath(spec, number);
  ZPROV_ASSIGN(const auto status, system.files.Status(record));
  if (!status) return {};
  ZPROV_TRY(system.trees.Remove(record));
  return system.files.SyncDirectory(ParentOf(record));
}

}  // namespace

Result<void> DiscardGeneration(os::System& system, const spec::ClusterSpec& spec, int number) {
  ZPROV_ASSIGN(const auto users, PointingAt(system, spec, number));
  if (!users.empty()) return tl::make_unexpected(InUse(number, users.front()));
  ZPROV_TRY(ForgetRecord(system, spec, number));
  const std::string directory = generations::Directory(spec, number);
  ZPROV_ASSIGN(const auto names, NamesOrNone(system, directory));
  for (const std::string& name : names) {
    const std::string path = JoinPath(directory, name);
    ZPROV_ASSIGN(const bool is_nodes, IsPlainDirectory(system, path));
    if (is_nodes) ZPROV_TRY(DiscardNodeDirectory(system, path));
  }
  ZPROV_TRY(Discard(system, ScratchPath(generations::BootPath(spec, number))));
  ZPROV_TRY(Discard(system, generations::BootPath(spec, number)));
  ZPROV_TRY(Discard(system, generations::BasePath(spec, number)));
  return Discard(system, directory);
}

Result<void> DiscardRoot(os::System& system, const spec::ClusterSpec& spec, int number,
                         const std::string& node) {
  ZPROV_ASSIGN(const auto users, PointingAt(system, spec, number));
  if (std::find(users.begin(), users.end(), node) != users.end()) {
    return tl::make_unexpected(InUse(number, node));
  }
  return DiscardNodeDirectory(system, generations::NodePath(spec, number, node));
}

}  // namespace zprov::engine
