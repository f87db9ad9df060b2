// The NFS side: /etc/exports of the host, and the fstab that every node's root gets.
#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "core/render/renderers.h"
#include "util/path.h"

namespace zprov::render {
namespace {

using Paths = std::vector<std::string>;

// The roots that exist for the node, and the home that all share.
std::string ExportLines(const spec::ClusterSpec& spec, const spec::Node& node, Paths paths) {
  std::string lines;
  paths.push_back(spec.storage.home);
  for (const std::string& path : paths) {
    lines += fmt::format("{} {}({})\n", path, node.address.ToString(), spec.nfs.export_options);
  }
  return lines;
}

// Natively each generation by its real path, so that a running node keeps the one it has when the
// fixed path begins to mean another.
Paths RootsOf(const spec::ClusterSpec& spec, const HostFacts& facts, const spec::Node& node) {
  if (facts.has_root && !facts.has_root(node.name)) return {};
  if (spec.mode == spec::Mode::kCompatible || !facts.roots) return {RootPath(spec, node)};
  return facts.roots(node.name);
}

// A board without an SD card has no swap, and systemd puts off all services until it is given up:
// by itself after 90 s (systemd.device(5), DefaultDeviceTimeoutSec). The mounts hold up nobody.
// 15 s is a choice: a card that is there shows up within seconds of udev's start; not measured.
std::string_view SwapOptions(spec::Mode mode) {
  switch (mode) {
    case spec::Mode::kNative:
      return "sw,nofail,x-systemd.device-timeout=15s";
    case spec::Mode::kCompatible:
      break;
  }
  return "sw,nofail";
}

}  // namespace

std::string RootPath(const spec::ClusterSpec& spec, const spec::Node& node) {
  return JoinPath(spec.storage.store, node.name);
}

ManagedFile Exports(const spec::ClusterSpec& spec, const HostFacts& facts) {
  Block block{.id = "exports"};
  for (const spec::Node& node : spec.nodes) {
    // Also of a node whose root is gone: its lines are then retired.
    block.procedure += ExportLines(spec, node, {RootPath(spec, node)});
    const Paths roots = RootsOf(spec, facts, node);
    if (!roots.empty()) block.content += ExportLines(spec, node, roots);
  }
  return {"exports", "/etc/exports", BlockFile{.blocks = {block}}};
}

ManagedFile Fstab(const spec::ClusterSpec& spec) {
  const spec::Storage& storage = spec.storage;
  return {"fstab", JoinPath(storage.proto, "fstab"),
          WholeFile{fmt::format("LABEL=BOOT /boot vfat nofail 0 2\n"
                                "/dev/nfs / nfs noatime 1 1\n"
                                "LABEL=SWAP none swap {} 0 0\n"
                                "LABEL=SCRATCH {} ext4 nofail 0 2\n"
                                "{}:{} {} nfs {} 0 0\n",
                                SwapOptions(spec.mode), JoinPath(storage.store, "scratch"),
                                spec.host, storage.home, storage.home, spec.nfs.home_options)}};
}

}  // namespace zprov::render
