#include "engine/guards.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

// dpkg(1), apt(8): held for as long as one of them changes the packages.
constexpr const char* kPackageLocks[] = {"var/lib/dpkg/lock-frontend", "var/lib/dpkg/lock",
                                         "var/cache/apt/archives/lock"};

Result<std::string> WrongRoot(os::System& system, const spec::ClusterSpec& spec,
                              const std::string& node, const generations::Store& store) {
  const std::string path = generations::StablePath(spec, node);
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status || status->type == os::FileType::kSymlink) return std::string();
  if (status->type != os::FileType::kDirectory) return path + " is no directory: move it away";
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(path));
  if (!subvolume) return path + " is a plain directory, not a root of a node: move it away";
  if (store.current.contains(node)) return std::string();
  return path + " was made by hand: run `zprov apply` first, which takes it over";
}

}  // namespace

double MetadataUsed(const os::Space& space) {
  if (space.metadata_total == 0) return 1.0;
  return static_cast<double>(space.metadata_used) / static_cast<double>(space.metadata_total);
}

Result<void> ExpectRoomForMetadata(os::System& system, const spec::ClusterSpec& spec) {
  const std::string& store = spec.storage.store;
  ZPROV_ASSIGN(const os::Space space, system.btrfs.Usage(store));
  const double used = MetadataUsed(space);
  if (used < kNearlyFull) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("{:.0f} % of the btrfs metadata space of {} is used, and snapshots need "
                          "some: make room with `zprov prune --keep 1` or `btrfs balance start "
                          "-dusage=50 {}`; nothing was changed",
                          used * 100, store, store));
}

Result<void> ExpectNoPackageRun(os::System& system, const spec::ClusterSpec& spec) {
  for (const char* name : kPackageLocks) {
    const std::string path = JoinPath(spec.storage.source, name);
    ZPROV_ASSIGN(const bool is_held, system.locks.IsHeld(path));
    if (!is_held) continue;
    return Fail(
        ErrorKind::kRefused,
        fmt::format("dpkg or apt is at work on {} (it holds {}), and a snapshot would catch "
                    "it half way: wait until it is done; nothing was changed",
                    spec.storage.source, path));
  }
  return {};
}

Result<void> ExpectOurRoots(os::System& system, const spec::ClusterSpec& spec,
                            const std::vector<std::string>& nodes,
                            const generations::Store& store) {
  std::vector<std::string> wrong;
  for (const std::string& node : nodes) {
    ZPROV_ASSIGN(std::string why, WrongRoot(system, spec, node, store));
    if (!why.empty()) wrong.push_back(std::move(why));
  }
  if (wrong.empty()) return {};
  return Fail(ErrorKind::kRefused, Join(wrong, "; ") + "; nothing was changed");
}

std::optional<std::string> WhyNotMoved(const spec::ClusterSpec& spec, const std::string& node,
                                       const NodeLife& life) {
  if (spec.mode == spec::Mode::kNative || life.life == Life::kDown) return std::nullopt;
  return fmt::format("{} is {} ({})", node, Name(life.life), life.evidence);
}

std::vector<std::string> NodesInTheWay(const spec::ClusterSpec& spec,
                                       const std::vector<std::string>& nodes,
                                       const std::map<std::string, NodeLife>& lives) {
  std::vector<std::string> in_the_way;
  for (const std::string& node : nodes) {
    if (auto why = WhyNotMoved(spec, node, lives.at(node))) in_the_way.push_back(*std::move(why));
  }
  return in_the_way;
}

Result<std::vector<std::string>> NamedNodes(const spec::ClusterSpec& spec,
                                            const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const spec::Node& node : spec.nodes) all.push_back(node.name);
  if (names.empty()) return all;
  for (const std::string& name : names) {
    if (std::find(all.begin(), all.end(), name) != all.end()) continue;
    const auto nearest = Nearest(name, all);
    return Fail(ErrorKind::kInvalid,
                fmt::format("the spec has no node {}{}", name,
                            nearest ? ": did you mean " + *nearest + "?"
                                    : ": its nodes are " + all.front() + " to " + all.back()));
  }
  std::erase_if(all, [&](const std::string& node) {
    return std::find(names.begin(), names.end(), node) == names.end();
  });
  return all;
}

}  // namespace zprov::engine
