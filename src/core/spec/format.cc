// The sections of a commented cluster.toml; its nodes are format_nodes.h.
#include "core/spec/format.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/gadget/mtu.h"
#include "core/spec/addressing.h"
#include "core/spec/format_nodes.h"
#include "util/strings.h"

namespace zprov::spec {
namespace {

// Which network it is, and whether a smaller one would do.
std::string FormatHead(const ClusterSpec& spec) {
  const InterfaceAddress& host = spec.bridge.address;
  std::string text =
      "# The cluster as its operator describes it. `zprov check` says what is wrong with it,\n"
      "# `zprov plan` what it would change.\n#\n";
  if (spec.nodes.empty()) return text;
  const auto [first, last] = std::ranges::minmax(spec.nodes, {}, &Node::address);
  const int smallest = SmallestNetwork(host.address, first.address, last.address, 30).prefix;
  text += fmt::format("# Network {}/{}: it holds the host, {}, and the nodes, {} to {}.\n",
                      host.NetworkAddress().ToString(), host.prefix, host.address.ToString(),
                      first.address.ToString(), last.address.ToString());
  if (host.prefix > 24 || host.prefix == smallest) {
    text += "# No smaller one would.\n";
  } else if (host.prefix == 24) {
    text += "# It is the original procedure's own.\n";
  }
  return text;
}

std::string FormatCluster(const ClusterSpec& spec) {
  return fmt::format(R"(
[cluster]
# The cluster's name, also of its DNS zone, and the host name of the board that the nodes hang on.
name = {}
host = {}
# "native": zprov boots the nodes and joins their links. "compatible": every file as the original
# procedure has it; rpiboot, ifupdown and udev do the work.
mode = "{}"
)",
                     TomlText(spec.name), TomlText(spec.host),
                     spec.mode == Mode::kNative ? "native" : "compatible");
}

std::string FormatBridge(const Bridge& bridge) {
  return fmt::format(R"(
[bridge]
# Joins the nodes' links on the host.
name = {}
# The host's own address there, with its network's prefix.
address = "{}"
# Bytes of payload, {} to {}, for every link; (mtu + 14) may be no multiple of 512.
mtu = {}
# Pinned in the native mode: a bridge's own would change as nodes come and go.
mac = "{}"
# Native mode: whether nodes reach the host alone, not each other.
isolate = {}
)",
                     TomlText(bridge.name), bridge.address.ToString(), gadget::kMinMtu,
                     gadget::kMaxMtu, bridge.mtu, bridge.mac.ToString(), bridge.isolate);
}

std::string FormatStorage(const Storage& storage) {
  return fmt::format(R"(
[storage]
# Directory on btrfs that holds the nodes' roots, {0}/NODE, and zprov's own state, {0}/.zprov.
store = "{0}"
# Subvolume that the nodes' roots are snapshots of.
source = "{1}"
# Subvolume with the home directories, which all nodes share; /home becomes a symlink to it.
home = "{2}"
# Boot files: {3}/USB-PATH/NAME goes before {3}/NAME.
boot = "{3}"
# Prototypes of files of the nodes' own: fstab.
proto = "{4}"
)",
                     storage.store, storage.source, storage.home, storage.boot, storage.proto);
}

std::string FormatNfs(const Nfs& nfs) {
  return fmt::format(R"(
[nfs]
# Of every export on the host; of the nodes' mount of the home directories; of their root's mount.
export_options = {}
home_options = {}
root_options = {}
)",
                     TomlText(nfs.export_options), TomlText(nfs.home_options),
                     TomlText(nfs.root_options));
}

std::string FormatNetwork(const ClusterSpec& spec) {
  return fmt::format(R"(
[network]
# Links, besides the nodes' own, that the host's network manager leaves alone: the names that the
# kernel gives to the gadgets before they are renamed.
deny = {}
)",
                     TomlList(spec.deny));
}

std::string FormatBoot(const ClusterSpec& spec) {
  return fmt::format(R"(
[boot]
# Who boots the nodes in the compatible mode: "rpiboot" or "zprov". Natively it is zprov.
server = "{}"
# Further words for every node's kernel command line.
cmdline = {}
# Directory in the source with firmware, kernels and device trees; "": looked for in /boot/firmware
# and /boot.
from = {}
# A ready-made initramfs, a path in the source, for a host that cannot run the source's own
# mkinitramfs; "": mkinitramfs makes it.
initramfs = {}
# "arm": only kernels that a Zero can run. "any" is for tests.
arch = "{}"
# How many boards zprov lets start at the same time, 1 to 1000; fewer where the supply is weak: boards
# that start together pull its voltage down.
at_once = {}
)",
                     spec.boot_server == BootServer::kZprov ? "zprov" : "rpiboot",
                     TomlText(spec.boot_cmdline), TomlText(spec.boot_from),
                     TomlText(spec.boot_initramfs),
                     spec.boot_arch == BootArch::kArm ? "arm" : "any", spec.boot_at_once);
}

std::string FormatGenerations(const ClusterSpec& spec) {
  return fmt::format(R"(
[update]
# Paths in a node's root that its next root takes over, ["/var/lib/app"]; all else a node wrote stays
# in its old one.
keep = {}

[prune]
# Roots of each node that pruning leaves, 1 to 1000, besides the current one and the one before it.
keep = {}
)",
                     TomlList(spec.update_keep), spec.prune_keep);
}

}  // namespace

std::string FormatSpec(const ClusterSpec& spec) {
  return FormatHead(spec) + FormatCluster(spec) + FormatBridge(spec.bridge) +
         FormatStorage(spec.storage) + FormatNfs(spec.nfs) + FormatNetwork(spec) +
         FormatBoot(spec) + FormatGenerations(spec) + "\n" + FormatNodes(spec);
}

}  // namespace zprov::spec
