#include "engine/personalise.h"

#include <vector>

#include "core/generations/layout.h"
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

}  // namespace

Result<void> MakeNodeSnapshots(os::System& system, const spec::ClusterSpec& spec, int number,
                               const std::string& node) {
  ZPROV_TRY(system.trees.MakeDirectory(generations::NodePath(spec, number, node), 0755));
  ZPROV_TRY(system.btrfs.Snapshot(generations::BasePath(spec, number),
                                  generations::RootOf(spec, number, node), os::Access::kReadWrite));
  const std::string boot = generations::BootOf(spec, number, node);
  const std::string shared = generations::BootPath(spec, number);
  switch (spec.mode) {
    case spec::Mode::kNative:
      return system.files.ReplaceSymlink(boot, RelativeTarget(boot, shared));
    case spec::Mode::kCompatible:
      break;
  }
  return system.btrfs.Snapshot(shared, boot, os::Access::kReadWrite);
}

Result<void> Personalise(os::System& system, const spec::ClusterSpec& spec, int number,
                         const Personal& personal) {
  const std::string& node = personal.node.name;
  std::vector<OwnFile> files = personal.identity.files;
  files.push_back({kHostsPath, personal.hosts, 0644});
  files.push_back({kHostnamePath, node + "\n", 0644});
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
