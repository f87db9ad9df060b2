#include "engine/absent.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/generations/layout.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr size_t kMostNamed = 8;  // a container engine alone makes hundreds of subvolumes

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsMadeAtEachStart(std::string_view path) {
  constexpr std::string_view kTrees[] = {"/proc", "/sys", "/dev", "/run", "/tmp"};
  return std::any_of(std::begin(kTrees), std::end(kTrees),
                     [&](std::string_view tree) { return IsBelow(path, tree); });
}

bool HoldsNothing(std::string_view type) {
  return IsOneOf(type, {"tmpfs", "ramfs", "autofs", "rpc_pipefs", "nfsd"});
}

// `path` as a node sees it.
bool NodesHaveItOtherwise(const spec::ClusterSpec& spec, const std::string& path) {
  const spec::Storage& storage = spec.storage;
  std::vector<std::string> trees = {storage.home,
                                    storage.boot,
                                    storage.proto,
                                    "/boot",
                                    JoinPath(storage.store, "scratch"),
                                    JoinPath(storage.store, ".zprov")};
  if (!spec.boot_from.empty()) trees.push_back(spec.boot_from);
  for (const spec::Node& node : spec.nodes) {
    trees.push_back(generations::StablePath(spec, node.name));
  }
  return path == storage.store ||
         std::any_of(trees.begin(), trees.end(),
                     [&](const std::string& tree) { return IsBelow(path, tree); });
}

std::string InSource(const spec::ClusterSpec& spec, const std::string& path) {
  return spec.storage.source == "/" ? path : path.substr(spec.storage.source.size());
}

}  // namespace

std::string AbsentNotice(const spec::ClusterSpec& spec, const std::vector<std::string>& stubs,
                         const std::vector<os::Filesystem>& mounts) {
  std::map<std::string, std::string> absent;  // by path: what it is
  for (const std::string& stub : stubs) absent["/" + stub] = "a subvolume";
  for (const os::Filesystem& mount : mounts) {
    if (!HoldsNothing(mount.type)) absent[InSource(spec, mount.mount_point)] = mount.type;
  }
  std::erase_if(absent, [&](const auto& entry) {
    return IsMadeAtEachStart(entry.first) || NodesHaveItOtherwise(spec, entry.first);
  });
  if (absent.empty()) return "";
  std::vector<std::string> named;
  for (const auto& [path, what] : absent) {
    if (named.size() == kMostNamed) break;
    named.push_back(fmt::format("{} ({})", path, what));
  }
  if (absent.size() > kMostNamed) {
    named.push_back(fmt::format("and {} more", absent.size() - kMostNamed));
  }
  return fmt::format(
      "nodes will not have what is in {}: a snapshot leaves out mounts and other subvolumes; what "
      "they need of it goes below {} or into {}",
      Join(named, ", "), spec.storage.home, JoinPath(spec.storage.proto, "fstab"));
}

}  // namespace zprov::engine
