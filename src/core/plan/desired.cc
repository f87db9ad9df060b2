#include "core/plan/desired.h"

#include "core/generations/layout.h"
#include "core/render/renderers.h"
#include "util/path.h"

namespace zprov::plan {
namespace {

MoveHome HomeMoveFor(const spec::ClusterSpec& spec) {
  return {.from = "/home",
          .to = spec.storage.home,
          .incoming = "/.home.zprov-new",
          .parked = "/.home.before-zprov"};
}

// The unit is started with the host; what an earlier zprov had in its place goes.
void AddUnit(const spec::ClusterSpec& spec, Desired& desired) {
  using render::kServiceEnabledPath;
  if (render::IsServedByZprov(spec)) {
    desired.symlinks.push_back(
        {kServiceEnabledPath, RelativeTarget(kServiceEnabledPath, render::kServiceUnitPath)});
  } else {
    desired.retired_files.push_back({kServiceEnabledPath, "rpiboot boots the nodes"});
  }
  for (const char* earlier : {"/etc/systemd/system/zprov-links.service",
                              "/etc/systemd/system/multi-user.target.wants/zprov-links.service"}) {
    desired.retired_files.push_back({earlier, "zprov.service does what it did"});
  }
}

}  // namespace

std::string StateDirectory(const spec::ClusterSpec& spec) {
  return generations::StateDirectory(spec);
}

std::string JournalPath(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "journal.json");
}

std::string LockPath(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "lock");
}

std::string RetiredDirectory(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "retired");
}

std::string RootPath(const spec::ClusterSpec& spec, const std::string& node) {
  return generations::StablePath(spec, node);
}

std::string CurrentPointer(const AdoptRoot& root) {
  return generations::CurrentPathIn(root.state, root.node);
}

std::string GenerationZero(const AdoptRoot& root) {
  return generations::NodePathIn(root.state, 0, root.node);
}

Desired DesiredState(const spec::ClusterSpec& spec, const render::HostFacts& facts) {
  Desired desired{.store = spec.storage.store,
                  .source = spec.storage.source,
                  .state = StateDirectory(spec),
                  .retired = RetiredDirectory(spec),
                  .home = std::nullopt,
                  .files = render::ManagedFiles(spec, facts),
                  .retired_files = render::RetiredFiles(spec),
                  .directories = {},
                  .symlinks = {},
                  .roots = {},
                  .network = links::WantedBy(spec)};
  if (spec.storage.home != "/home") desired.home = HomeMoveFor(spec);
  for (const spec::Node& node : spec.nodes) {
    const bool has_link = spec.mode == spec::Mode::kCompatible && facts.boots_from_generation &&
                          facts.boots_from_generation(node.name);
    if (node.usb && !has_link) {
      desired.directories.push_back({JoinPath(spec.storage.boot, node.usb->ToString())});
    }
    desired.roots.push_back({.node = node.name,
                             .state = desired.state,
                             .root = RootPath(spec, node.name),
                             .boot = spec.storage.boot});
  }
  AddUnit(spec, desired);
  if (spec.mode == spec::Mode::kNative) desired.files.push_back(render::RcLocalOfNobody(spec));
  return desired;
}

std::vector<std::string> PathsOf(const Desired& desired) {
  std::vector<std::string> paths = {desired.store, desired.state};
  if (desired.home) {
    const MoveHome& move = *desired.home;
    paths.insert(paths.end(), {move.from, move.to, move.incoming, move.parked});
  }
  for (const auto& file : desired.files) {
    if (!file.path.empty()) paths.push_back(file.path);
  }
  for (const auto& file : desired.retired_files) paths.push_back(file.path);
  for (const auto& directory : desired.directories) paths.push_back(directory.path);
  for (const auto& symlink : desired.symlinks) paths.push_back(symlink.path);
  for (const AdoptRoot& root : desired.roots) {
    paths.insert(paths.end(), {root.root, root.boot, CurrentPointer(root)});
  }
  return paths;
}

}  // namespace zprov::plan
