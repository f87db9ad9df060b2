#include "engine/strip_host.h"

#include <string>
#include <vector>

#include "core/generations/layout.h"
#include "core/roots/host_only.h"
#include "core/roots/shared_files.h"
#include "engine/inside_root.h"
#include "engine/observe.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

// What is in a directory, also through a symlink that means one; nothing when there is none.
Result<std::vector<std::string>> NamesIn(os::InsideRoot& base, const std::string& path) {
  ZPROV_ASSIGN(const auto real, RealPath(base, path));
  if (!real) return std::vector<std::string>{};
  auto names = base.trees().List(*real);
  if (names || names.error().kind != ErrorKind::kNotDirectory) return names;
  return std::vector<std::string>{};
}

// Every place in the base that the row's path matches.
Result<std::vector<std::string>> PlacesOf(os::InsideRoot& base, const roots::HostOnly& row) {
  std::vector<std::string> places = {"/"};
  for (const std::string_view component : Split(row.path.substr(1), '/')) {
    std::vector<std::string> next;
    for (const std::string& place : places) {
      if (!roots::IsPattern(component)) {
        next.push_back(JoinPath(place, component));
        continue;
      }
      ZPROV_ASSIGN(const auto names, NamesIn(base, place));
      for (const std::string& name : names) {
        if (roots::Matches(component, name)) next.push_back(JoinPath(place, name));
      }
    }
    places = std::move(next);
  }
  std::erase_if(places, [&](const std::string& place) {
    return !row.except.empty() && roots::Matches(row.except, NameOf(place));
  });
  return places;
}

Result<void> RemoveFilesBelow(os::InsideRoot& base, const std::string& directory) {
  ZPROV_ASSIGN(const auto names, NamesIn(base, directory));
  for (const std::string& name : names) {
    const std::string path = JoinPath(directory, name);
    ZPROV_ASSIGN(const auto status, base.files().Status(path));
    const bool is_directory = status && status->type == os::FileType::kDirectory;
    ZPROV_TRY(is_directory ? RemoveFilesBelow(base, path) : RemoveFrom(base, path));
  }
  return {};
}

Result<void> Remove(os::InsideRoot& base, const roots::HostOnly& row) {
  ZPROV_ASSIGN(const auto places, PlacesOf(base, row));
  for (const std::string& place : places) {
    switch (row.how) {
      case roots::Removal::kEntry:
        ZPROV_TRY(RemoveFrom(base, place));
        break;
      case roots::Removal::kFilesBelow:
        ZPROV_TRY(RemoveFilesBelow(base, place));
        break;
    }
  }
  return {};
}

// The store's own state, where it is no subvolume that the snapshot leaves out anyway: identities
// of other nodes are in it.
Result<void> RemoveState(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  const std::string state = JoinPath(spec.storage.store, ".zprov");
  ZPROV_ASSIGN(const auto names, NamesIn(base, state));
  for (const std::string& name : names) ZPROV_TRY(RemoveFrom(base, JoinPath(state, name)));
  // The fixed names lead nowhere on a node, and whether a node has one yet is no content.
  for (const spec::Node& node : spec.nodes) {
    const std::string stable = generations::StablePath(spec, node.name);
    ZPROV_ASSIGN(const auto status, base.files().Status(stable));
    if (status) ZPROV_TRY(RemoveFrom(base, stable));
  }
  return {};
}

using Edit = Result<std::string> (*)(std::string_view, const spec::ClusterSpec&);

Result<void> EditFile(const spec::ClusterSpec& spec, os::InsideRoot& base, const std::string& path,
                      Edit edit) {
  auto before = base.files().Read(path, kManagedFileLimit);
  if (!before && before.error().kind == ErrorKind::kNotFound) return {};
  if (!before) return While("the source's " + path, std::move(before).error());
  auto after = edit(*before, spec);
  if (!after) return While("the source's " + path, std::move(after).error());
  if (*after == *before) return {};
  return PutOwn(base, {path, std::move(*after), 0644});
}

}  // namespace

Result<void> EditShared(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  ZPROV_TRY(EditFile(spec, base, "/etc/rc.local", roots::WithoutHostPart));
  ZPROV_TRY(EditFile(spec, base, "/etc/dhcpcd.conf", roots::WithoutUsb0));
  for (const roots::LinkGuard& guard : roots::LinkGuards()) {
    ZPROV_ASSIGN(const auto manager, base.files().Status(guard.of));
    if (!manager) continue;
    ZPROV_TRY(PutOwn(base, {std::string(guard.path), std::string(guard.content), 0644}));
  }
  return {};
}

Result<void> StripHost(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  for (const roots::HostOnly& row : roots::HostOnlyRows()) ZPROV_TRY(Remove(base, row));
  return RemoveState(spec, base);
}

}  // namespace zprov::engine
