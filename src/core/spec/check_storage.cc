// Rules of the storage paths: what each may look like, and which may not lie in which.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "core/spec/checks.h"
#include "core/spec/names.h"
#include "util/path.h"

namespace zprov::spec {
namespace {

constexpr std::string_view kState = ".zprov";  // zprov's own directory in the store

struct NamedPath {
  std::string_view key;
  const LocatedText& path;
};

bool IsClean(const LocatedText& path) { return !PathFault(path.value); }

void CheckForms(std::span<const NamedPath> paths, Problems& problems) {
  for (const auto& [key, path] : paths) {
    if (const auto fault = PathFault(path.value)) {
      problems.Error(path.line, fmt::format("storage.{} {} {}", key, Quoted(path.value), *fault));
    }
  }
}

// Every two of them are different places.
void CheckDistinct(std::span<const NamedPath> paths, Problems& problems) {
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (paths[i].path.value != paths[j].path.value) continue;
      problems.Error(std::max(paths[i].path.line, paths[j].path.line),
                     fmt::format("storage.{} and storage.{} are both {}: give each its own place",
                                 paths[j].key, paths[i].key, Quoted(paths[i].path.value)));
    }
  }
}

// Nothing may lie in a node's root or in zprov's own state: both are replaced with every update.
void CheckAgainstRoots(const Draft& draft, std::span<const NamedPath> paths, Problems& problems) {
  const std::string& store = draft.store.value;
  std::unordered_set<std::string_view> nodes;
  for (const NodeDraft& node : draft.nodes) nodes.insert(node.name.value);
  for (const auto& [key, path] : paths) {
    if (!IsClean(path) || path.value == store || !IsBelow(path.value, store)) continue;
    std::string_view inside = path.value;
    inside.remove_prefix(store == "/" ? 1 : store.size() + 1);
    inside = inside.substr(0, inside.find('/'));
    if (inside == kState) {
      problems.Error(path.line, fmt::format("storage.{} {} lies in {}, zprov's own directory: "
                                            "choose another place",
                                            key, Quoted(path.value), JoinPath(store, kState)));
    } else if (nodes.count(inside) > 0) {
      problems.Error(path.line, fmt::format("storage.{} {} lies in the root of node {}: choose "
                                            "another place, or another name for the node",
                                            key, Quoted(path.value), inside));
    }
  }
}

// /home becomes a symlink to home, whose content every node may write.
void CheckAgainstHome(const Draft& draft, std::span<const NamedPath> paths, Problems& problems) {
  const LocatedText& home = draft.home;
  if (!IsClean(home)) return;
  if (IsBelow(home.value, "/home")) {
    problems.Error(home.line, fmt::format("storage.home {} lies in /home, which becomes a symlink "
                                          "to it: choose a place outside, \"/x/snaa\"",
                                          Quoted(home.value)));
  }
  if (home.value == "/") {
    problems.Error(home.line, "storage.home is / itself: choose a subvolume, \"/x/snaa\"");
    return;
  }
  for (const auto& [key, path] : paths) {
    if (!IsClean(path) || path.value == home.value) continue;
    const bool is_inside = IsBelow(path.value, home.value) || IsBelow(path.value, "/home");
    if (!is_inside) continue;
    problems.Error(path.line, fmt::format("storage.{} {} lies in the home directories, which "
                                          "every node may write: choose a place outside",
                                          key, Quoted(path.value)));
  }
}

}  // namespace

void CheckStorage(const Draft& draft, Problems& problems) {
  const NamedPath store{"store", draft.store}, source{"source", draft.source};
  const NamedPath home{"home", draft.home}, boot{"boot", draft.boot}, proto{"proto", draft.proto};
  const std::array all = {store, source, home, boot, proto};
  CheckForms(all, problems);
  CheckDistinct(all, problems);
  CheckAgainstHome(draft, std::array{store, source, boot, proto}, problems);
  if (!IsClean(draft.store)) return;
  if (draft.store.value == "/") {
    problems.Error(draft.store.line,
                   "storage.store is / itself: choose a directory of its own on btrfs, \"/x\"");
    return;
  }
  CheckAgainstRoots(draft, std::array{source, home, boot, proto}, problems);
}

}  // namespace zprov::spec
