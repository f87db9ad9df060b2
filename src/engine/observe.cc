#include "engine/observe.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/generations/layout.h"
#include "core/plan/desired.h"
#include "core/render/renderers.h"
#include "engine/boot_set.h"
#include "engine/commit.h"
#include "engine/generations.h"
#include "engine/identity.h"
#include "engine/journal.h"
#include "engine/observe_home.h"
#include "engine/settle.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kSubvolumeInode = 256;  // root directory of every btrfs subvolume

Result<bool> Exists(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  return status.has_value();
}

Result<plan::PathType> DirectoryType(os::System& system, const std::string& path,
                                     const os::FileStatus& status) {
  if (status.inode != kSubvolumeInode) return plan::PathType::kDirectory;
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(path));
  return subvolume ? plan::PathType::kSubvolume : plan::PathType::kDirectory;
}

// Empty for a symlink that leads nowhere.
Result<std::string> ResolveOrNothing(os::System& system, const std::string& link) {
  auto resolved = system.files.Resolve(link);
  if (!resolved && resolved.error().kind == ErrorKind::kNotFound) return std::string();
  return resolved;
}

Result<plan::ObservedPath> ObservePath(os::System& system, const std::string& path) {
  plan::ObservedPath seen;
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (!status) return seen;
  switch (status->type) {
    case os::FileType::kRegular:
      seen.type = plan::PathType::kFile;
      break;
    case os::FileType::kDirectory: {
      ZPROV_ASSIGN(seen.type, DirectoryType(system, path, *status));
      break;
    }
    case os::FileType::kSymlink: {
      seen.type = plan::PathType::kSymlink;
      ZPROV_ASSIGN(seen.target, system.files.ReadSymlink(path));
      ZPROV_ASSIGN(seen.resolved, ResolveOrNothing(system, path));
      break;
    }
    case os::FileType::kFifo:
    case os::FileType::kSocket:
    case os::FileType::kCharDevice:
    case os::FileType::kBlockDevice:
      seen.type = plan::PathType::kOther;
      break;
  }
  return seen;
}

// A managed file is its content, also behind a symlink; a dangling one is a file not made yet.
Result<plan::ObservedPath> ObserveFile(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(plan::ObservedPath seen, ObservePath(system, path));
  if (seen.type == plan::PathType::kSymlink) {
    if (seen.resolved.empty()) return plan::ObservedPath{};
    ZPROV_ASSIGN(seen, ObservePath(system, seen.resolved));
  }
  if (seen.type == plan::PathType::kFile) {
    ZPROV_ASSIGN(seen.content, system.files.Read(path, kManagedFileLimit));
  }
  return seen;
}

Result<plan::ObservedStore> ObserveStore(os::System& system, std::string path) {
  while (true) {
    const auto filesystem = system.trees.FilesystemOf(path);
    if (filesystem) return plan::ObservedStore{filesystem->type, filesystem->read_only};
    if (filesystem.error().kind != ErrorKind::kNotFound || path == "/") {
      return While("find the file system of " + path, filesystem.error());
    }
    path = ParentOf(path);
  }
}

Result<plan::ObservedLinks> ObserveLinks(os::Netlink& netlink) {
  plan::ObservedLinks seen;
  ZPROV_ASSIGN(seen.links, netlink.Links());
  ZPROV_ASSIGN(const auto addresses, netlink.Addresses());
  for (const os::LinkAddress& address : addresses) {
    seen.addresses[address.link].push_back(address.address);
  }
  return seen;
}

// Unfinished generations go before anything is made: their numbers are free again.
int NextToMake(generations::Store store) {
  std::erase_if(store.generations, [](const auto& row) { return !row.second.is_finished; });
  return generations::NextNumber(store);
}

struct RootFacts {
  std::map<std::string, std::vector<std::string>> paths;  // by node: where its roots really are
  std::set<std::string> of_generations;  // nodes whose boot files are a generation's of ours
};

// What the nodes have, or will have once apply made their first generation.
Result<RootFacts> ObserveRoots(os::System& system, const spec::ClusterSpec& spec) {
  RootFacts facts;
  ZPROV_ASSIGN(facts.paths, ExportedRoots(system, spec, {}));
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  for (const spec::Node& node : spec.nodes) {
    const auto current = store.current.find(node.name);
    if (current != store.current.end()) {
      // Generation 0 boots from where a hand put the files until it was taken over.
      const bool is_ours =
          current->second > 0 || generations::GenerationsOf(store, node.name).size() > 1;
      if (is_ours) facts.of_generations.insert(node.name);
      continue;
    }
    const std::string root = generations::StablePath(spec, node.name);
    ZPROV_ASSIGN(const plan::ObservedPath stable, ObservePath(system, root));
    if (stable.type == plan::PathType::kDirectory || stable.type == plan::PathType::kSubvolume) {
      facts.paths[node.name] = {root};
    } else {
      facts.paths[node.name] = {generations::RootOf(spec, NextToMake(store), node.name)};
      facts.of_generations.insert(node.name);
    }
  }
  return facts;
}

// Nothing is made here: why a first generation could not be, if so.
Result<plan::ObservedSource> ObserveSource(os::System& system, const spec::ClusterSpec& spec) {
  plan::ObservedSource seen;
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  seen.next_generation = NextToMake(store);
  const std::string& source = spec.storage.source;
  ZPROV_ASSIGN(const auto subvolume, system.btrfs.Info(source));
  if (!subvolume) {
    seen.problem = fmt::format(
        "the source {} is no btrfs subvolume, so no node can get a snapshot "
        "of it: name one under [storage]",
        source);
    return seen;
  }
  auto kernel = FindKernel(system, spec, source);
  if (kernel) {
    seen.kernel = std::move(*kernel);
  } else if (kernel.error().kind == ErrorKind::kRefused) {
    seen.problem = kernel.error().message;
  } else {
    return tl::make_unexpected(std::move(kernel).error());
  }
  return seen;
}

}  // namespace

// A program counts when it is installed and there is something for it to talk to.
Result<std::set<std::string>> ObservePrograms(os::System& system) {
  struct Needs {
    const char* program;
    std::vector<std::string> places;  // any of these
    const char* partner;
  };
  static const std::vector<Needs> kPrograms = {
      {"systemctl", {"/usr/bin/systemctl", "/bin/systemctl"}, "/run/systemd/system"},
      {"udevadm", {"/usr/bin/udevadm", "/bin/udevadm", "/sbin/udevadm"}, "/run/udev/control"},
      {"exportfs", {"/usr/sbin/exportfs", "/sbin/exportfs"}, "/usr"},
  };
  std::set<std::string> found;
  for (const Needs& needs : kPrograms) {
    ZPROV_ASSIGN(const bool has_partner, Exists(system, needs.partner));
    for (const std::string& place : needs.places) {
      ZPROV_ASSIGN(const bool is_there, Exists(system, place));
      if (is_there && has_partner) found.insert(needs.program);
    }
  }
  return found;
}

Result<render::HostFacts> ObserveFacts(os::System& system, const spec::ClusterSpec& spec) {
  render::HostFacts facts;
  ZPROV_ASSIGN(facts.has_dhcpcd, Exists(system, "/etc/dhcpcd.conf"));
  ZPROV_ASSIGN(facts.has_network_manager, Exists(system, "/etc/NetworkManager"));
  ZPROV_ASSIGN(facts.has_known_hosts, Exists(system, render::kKnownHostsPath));
  ZPROV_ASSIGN(facts.host_keys, PublicHostKeys(system, spec));
  ZPROV_ASSIGN(const RootFacts roots, ObserveRoots(system, spec));
  facts.has_root = [roots](const std::string& node) { return roots.paths.contains(node); };
  facts.roots = [roots](const std::string& node) {
    const auto found = roots.paths.find(node);
    return found == roots.paths.end() ? std::vector<std::string>() : found->second;
  };
  facts.boots_from_generation = [roots](const std::string& node) {
    return roots.of_generations.contains(node);
  };
  return facts;
}

Result<plan::Observed> Observe(os::System& system, const spec::ClusterSpec& spec,
                               const plan::Desired& desired, const plan::Wishes& wishes) {
  plan::Observed observed;
  for (const std::string& path : plan::PathsOf(desired)) {
    ZPROV_ASSIGN(observed.paths[path], ObservePath(system, path));
  }
  for (const render::ManagedFile& file : desired.files) {
    if (file.path.empty()) continue;
    ZPROV_ASSIGN(observed.paths[file.path], ObserveFile(system, file.path));
  }
  ZPROV_ASSIGN(observed.store, ObserveStore(system, desired.store));
  if (desired.home) {
    ZPROV_ASSIGN(observed.home, ObserveHome(system, *desired.home, wishes));
  }
  ZPROV_ASSIGN(observed.interrupted, ReadJournal(system, plan::JournalPath(spec)));
  const bool needs_source =
      std::any_of(desired.roots.begin(), desired.roots.end(),
                  [&](const plan::AdoptRoot& root) { return plan::NeedsRoot(observed, root); });
  if (needs_source) {
    ZPROV_ASSIGN(observed.source, ObserveSource(system, spec));
  }
  if (system.live != nullptr) {
    ZPROV_ASSIGN(observed.links, ObserveLinks(system.live->netlink));
    ZPROV_ASSIGN(observed.programs, ObservePrograms(system));
  }
  return observed;
}

Result<plan::Plan> MakePlan(os::System& system, const spec::ClusterSpec& spec,
                            const plan::Wishes& wishes) {
  ZPROV_ASSIGN(const render::HostFacts facts, ObserveFacts(system, spec));
  const plan::Desired desired = plan::DesiredState(spec, facts);
  ZPROV_ASSIGN(const plan::Observed observed, Observe(system, spec, desired, wishes));
  plan::Plan plan = plan::Diff(desired, observed, wishes);
  ZPROV_ASSIGN(const auto run, InterruptedRun(system, spec));
  if (run) {
    plan.notes.push_back(fmt::format(
        "an interrupted run was moving the pointers of {} nodes: apply first moves the rest",
        run->moves.size()));
  }
  return plan;
}

}  // namespace zprov::engine
