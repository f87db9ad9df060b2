// Rules of update.keep: a node's own paths, each once, and none that is not the node's to keep.
#include <fmt/format.h>

#include <set>

#include "core/spec/checks.h"
#include "core/spec/names.h"
#include "util/path.h"

namespace zprov::spec {
namespace {

// A place that a root has anew each time, or that is no part of one.
struct Foreign {
  std::string path;
  std::string_view why;
};

std::vector<Foreign> ForeignPlaces(const Draft& draft) {
  constexpr std::string_view kMade = "which zprov makes itself for every root";
  constexpr std::string_view kKernels = "which the kernel fills when a node runs";
  constexpr std::string_view kShared = "the home directories, which all nodes share anyway";
  std::vector<Foreign> places;
  for (const char* path :
       {"/etc/fstab", "/etc/hostname", "/etc/hosts", "/etc/machine-id", "/etc/ssh"}) {
    places.push_back({path, kMade});
  }
  for (const char* path : {"/dev", "/proc", "/run", "/sys"}) places.push_back({path, kKernels});
  for (const auto& [path, why] :
       {Foreign{draft.store.value, "the host's store, which no root holds"},
        Foreign{"/home", kShared}, Foreign{draft.home.value, kShared}}) {
    if (!PlaceFault(path)) places.push_back({path, why});
  }
  return places;
}

// "" when the node may keep `path`.
std::string ForeignFault(const std::string& path, const std::vector<Foreign>& places) {
  for (const auto& [place, why] : places) {
    if (path == place) return fmt::format("{}: take it out", why);
    if (IsBelow(path, place)) return fmt::format("part of {}, {}: take it out", place, why);
    if (IsBelow(place, path)) {
      return fmt::format("which holds {}, {}: name what is to be kept below it", place, why);
    }
  }
  return "";
}

// The kept directory that `path` lies in; "" when in none.
std::string KeptAbove(std::string path, const std::set<std::string>& kept) {
  while (path != "/") {
    path = ParentOf(path);
    if (kept.contains(path)) return path;
  }
  return "";
}

}  // namespace

void CheckUpdate(const Draft& draft, Problems& problems) {
  const auto places = ForeignPlaces(draft);
  std::set<std::string> kept;
  for (const LocatedText& path : draft.update_keep) kept.insert(path.value);
  std::set<std::string> seen;
  for (const auto& [path, line] : draft.update_keep) {
    if (const auto fault = PlaceFault(path)) {
      problems.Error(line, fmt::format("update.keep has {}, which {}", Quoted(path), *fault));
    } else if (const auto foreign = ForeignFault(path, places); !foreign.empty()) {
      problems.Error(line, fmt::format("update.keep has {}, {}", Quoted(path), foreign));
    } else if (!seen.insert(path).second) {
      problems.Error(line, fmt::format("update.keep has {} twice: take one out", Quoted(path)));
    } else if (const auto above = KeptAbove(path, kept); !above.empty()) {
      problems.Error(line,
                     fmt::format("update.keep has {}, which comes with {} already: take it out",
                                 Quoted(path), Quoted(above)));
    }
  }
}

}  // namespace zprov::spec
