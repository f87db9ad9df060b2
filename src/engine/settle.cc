#include "engine/settle.h"

#include <algorithm>

#include "core/generations/layout.h"
#include "core/render/block.h"
#include "core/render/renderers.h"
#include "engine/generations.h"
#include "engine/identity.h"
#include "engine/make_directories.h"
#include "engine/observe.h"
#include "engine/run_program.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

using generations::NodeGeneration;

Result<std::optional<std::string>> ReadIfThere(os::System& system, const std::string& path) {
  auto content = system.files.Read(path, kManagedFileLimit);
  if (content) return std::move(*content);
  if (content.error().kind == ErrorKind::kNotFound) return std::nullopt;
  return tl::make_unexpected(std::move(content).error());
}

// The block's file with its block as `file` has it; lasts through a power cut.
Result<void> WriteBlock(os::System& system, const render::ManagedFile& file,
                        const std::string& before) {
  const auto& blocks = std::get<render::BlockFile>(file.body);
  ZPROV_ASSIGN(const std::string after, render::WithBlocks(before, blocks));
  if (after == before) return {};
  ZPROV_TRY(MakeDirectories(system, ParentOf(file.path), 0755));
  ZPROV_TRY(system.files.Write(file.path, after, blocks.mode));
  ZPROV_ASSIGN(const std::string really, system.files.Resolve(file.path));
  return system.files.SyncDirectory(ParentOf(really));
}

Result<void> TellNfsServer(os::System& system) {
  if (system.live == nullptr) return {};
  ZPROV_ASSIGN(const auto programs, ObservePrograms(system));
  if (!programs.contains("exportfs")) return {};
  return RunToEnd(system, {"exportfs", "-ra"});
}

}  // namespace

// Generation 0's root is named by a symlink while it is where a hand made it.
Result<std::string> RealRoot(os::System& system, const spec::ClusterSpec& spec,
                             const NodeGeneration& which) {
  const std::string root = generations::RootOf(spec, which.number, which.node);
  if (which.number != 0) return root;
  ZPROV_ASSIGN(const auto status, system.files.Status(root));
  const bool is_in_place = status && status->type == os::FileType::kSymlink;
  return is_in_place ? generations::StablePath(spec, which.node) : root;
}

Result<std::map<std::string, std::vector<std::string>>> ExportedRoots(
    os::System& system, const spec::ClusterSpec& spec, const std::vector<NodeGeneration>& without) {
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  std::map<std::string, std::vector<std::string>> roots;
  for (const spec::Node& node : spec.nodes) {
    for (const int number : generations::GenerationsOf(store, node.name)) {
      const NodeGeneration which{node.name, number};
      if (std::find(without.begin(), without.end(), which) != without.end()) continue;
      ZPROV_ASSIGN(const std::string path, RealRoot(system, spec, which));
      roots[node.name].push_back(path);
    }
  }
  return roots;
}

Result<void> SettleExports(os::System& system, const spec::ClusterSpec& spec,
                           const std::vector<NodeGeneration>& without) {
  render::HostFacts facts;
  ZPROV_ASSIGN(const auto roots, ExportedRoots(system, spec, without));
  facts.has_root = [&roots](const std::string& node) { return roots.contains(node); };
  facts.roots = [&roots](const std::string& node) {
    const auto found = roots.find(node);
    return found == roots.end() ? std::vector<std::string>() : found->second;
  };
  const render::ManagedFile file = render::Exports(spec, facts);
  ZPROV_ASSIGN(const auto before, ReadIfThere(system, file.path));
  if (!before || !render::HasBlock(*before)) return {};
  if (auto written = WriteBlock(system, file, *before); !written) {
    return While("bring " + file.path + " up to date", std::move(written).error());
  }
  return TellNfsServer(system);
}

Result<void> SettleKnownHosts(os::System& system, const spec::ClusterSpec& spec) {
  render::HostFacts facts;
  ZPROV_ASSIGN(facts.host_keys, PublicHostKeys(system, spec));
  if (facts.host_keys.empty()) return {};
  const render::ManagedFile file = render::KnownHosts(spec, facts);
  ZPROV_ASSIGN(const auto before, ReadIfThere(system, file.path));
  return WriteBlock(system, file, before.value_or(""));
}

}  // namespace zprov::engine
