#include "engine/personalise.h"

#include "core/generations/layout.h"
#include "core/node_files/node_files.h"
#include "core/render/renderers.h"
#include "engine/inside_root.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

Result<void> PutAll(os::System& system, const std::string& root,
                    const std::vector<OwnFile>& files) {
  ZPROV_ASSIGN(const auto inside, system.roots.Open(root));
  for (const OwnFile& file : files) {
    auto written = inside->files().WriteDraft(file.path, file.content, file.mode);
    if (!written) return While(file.path, std::move(written).error());
  }
  return {};
}

// Its firmware reads both there; natively they are made on request.
Result<void> PersonaliseBoot(os::System& system, const spec::ClusterSpec& spec,
                             const std::string& boot, const spec::Node& node) {
  ZPROV_TRY(PutAll(system, boot,
                   {{"/cmdline.txt", render::PlainContent(render::Cmdline(spec, node)), 0644},
                    {"/config.txt", render::PlainContent(render::Config(spec, node)), 0644}}));
  return system.btrfs.SetAccess(boot, os::Access::kReadOnly);
}

Result<void> MakePlace(os::System& system, const spec::ClusterSpec& spec, int number,
                       const std::string& node) {
  ZPROV_TRY(system.trees.MakeDirectory(generations::NodePath(spec, number, node), 0755));
  switch (spec.mode) {
    case spec::Mode::kNative:
      break;
    case spec::Mode::kCompatible:
      return {};
  }
  const std::string boot = generations::BootOf(spec, number, node);
  return system.files.ReplaceSymlink(boot,
                                     RelativeTarget(boot, generations::BootPath(spec, number)));
}

Result<void> MakeSnapshots(os::System& system, const spec::ClusterSpec& spec, int number,
                           const std::string& node) {
  ZPROV_TRY(system.btrfs.Snapshot(generations::BasePath(spec, number),
                                  generations::RootOf(spec, number, node), os::Access::kReadWrite));
  switch (spec.mode) {
    case spec::Mode::kNative:
      return {};
    case spec::Mode::kCompatible:
      break;
  }
  return system.btrfs.Snapshot(generations::BootPath(spec, number),
                               generations::BootOf(spec, number, node), os::Access::kReadWrite);
}

}  // namespace

Result<void> MakeNodeSnapshots(os::System& system, const spec::ClusterSpec& spec, int number,
                               const std::vector<std::string>& nodes) {
  for (const auto make : {MakePlace, MakeSnapshots}) {
    for (const std::string& node : nodes) {
      if (auto made = make(system, spec, number, node); !made) {
        return While(node, std::move(made).error());
      }
    }
  }
  return {};
}

Result<void> Personalise(os::System& system, const spec::ClusterSpec& spec, int number,
                         const Personal& personal) {
  const std::string& node = personal.node.name;
  std::vector<OwnFile> files = personal.identity.files;
  files.push_back({kHostsPath, personal.hosts, 0644});
  files.push_back({kHostnamePath, node + "\n", 0644});
  files.push_back(
      {std::string(node_files::kGenerationPath), node_files::GenerationContent(number), 0644});
  ZPROV_TRY(PutAll(system, generations::RootOf(spec, number, node), files));
  switch (spec.mode) {
    case spec::Mode::kNative:
      break;
    case spec::Mode::kCompatible:
      return PersonaliseBoot(system, spec, generations::BootOf(spec, number, node), personal.node);
  }
  return {};
}

}  // namespace zprov::engine
