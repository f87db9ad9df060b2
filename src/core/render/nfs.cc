// The NFS side: /etc/exports of the host, and the fstab that every node's root gets.
#include <fmt/format.h>

#include "core/render/renderers.h"
#include "util/path.h"

namespace zprov::render {
namespace {

// The node's root and the home that all share.
std::string ExportLines(const spec::ClusterSpec& spec, const spec::Node& node) {
  return fmt::format("{0} {2}({3})\n{1} {2}({3})\n", RootPath(spec, node), spec.storage.home,
                     node.address.ToString(), spec.nfs.export_options);
}

}  // namespace

std::string RootPath(const spec::ClusterSpec& spec, const spec::Node& node) {
  return JoinPath(spec.storage.store, node.name);
}

ManagedFile Exports(const spec::ClusterSpec& spec, const HostFacts& facts) {
  Block block{.id = "exports"};
  for (const spec::Node& node : spec.nodes) {
    const std::string lines = ExportLines(spec, node);
    block.procedure += lines;  // also of a node whose root is gone: its lines are then retired
    if (!facts.has_root || facts.has_root(node.name)) block.content += lines;
  }
  return {"exports", "/etc/exports", BlockFile{.blocks = {block}}};
}

ManagedFile Fstab(const spec::ClusterSpec& spec) {
  const spec::Storage& storage = spec.storage;
  return {"fstab", JoinPath(storage.proto, "fstab"),
          WholeFile{fmt::format("LABEL=BOOT /boot vfat nofail 0 2\n"
                                "/dev/nfs / nfs noatime 1 1\n"
                                "LABEL=SWAP none swap sw,nofail 0 0\n"
                                "LABEL=SCRATCH {} ext4 nofail 0 2\n"
                                "{}:{} {} nfs {} 0 0\n",
                                JoinPath(storage.store, "scratch"), spec.host, storage.home,
                                storage.home, spec.nfs.home_options)}};
}

}  // namespace zprov::render
