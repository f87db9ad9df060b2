// The cluster as its operator describes it: what cluster.toml says, with every default filled in.
// Pure values; reading them from text is parse.h, writing them format.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/net.h"

namespace zprov::spec {

enum class Mode {
  kNative,      // `zprov serve` boots the nodes and bridges their links
  kCompatible,  // everything as the original procedure has it: rpiboot, ifupdown, udev by MAC
};

enum class BootServer { kRpiboot, kZprov };  // who boots the nodes in the compatible mode

// Which kernels a node's board can run.
enum class BootArch {
  kArm,  // 32-bit ARM images alone
  kAny,  // for tests: whatever the source has, a PC's kernel too
};

enum class Power {
  kGanged,   // all sockets switch together (the B+): power is never cut for one node
  kPerPort,  // the node's port switches alone
  kCommand,  // power_command switches it
};

struct Node {
  std::string name;             // host name and link name, "s0": a hostname label, at most 15 bytes
  std::optional<PortPath> usb;  // where it is plugged in; without it the node is not booted
  Ipv4 address;
  Mac host_mac;                // of the link on the host's side
  Mac node_mac;                // of the node's own usb0
  std::string board = "zero";  // a row of core/boards
  std::string serial;          // of the silicon; empty: learned
  Power power = Power::kGanged;
  std::string power_command;  // with Power::kCommand: run with "on" or "off" as last argument

  bool operator==(const Node&) const = default;
};

struct Bridge {
  std::string name = "san";
  InterfaceAddress address;  // the host's own
  uint32_t mtu = 7418;       // bytes of payload, for every link of the bridge
  Mac mac;                   // pinned natively; default: the host_mac rule for the host's address
  bool isolate = false;      // natively: nodes reach the host alone, not each other

  bool operator==(const Bridge&) const = default;
};

struct Storage {
  std::string store = "/x";         // directory on btrfs; zprov's own state is store/.zprov
  std::string source = "/";         // subvolume that the nodes' roots are snapshots of
  std::string home = "/x/snaa";     // subvolume that /home becomes a symlink to
  std::string boot = "/x/sboot";    // boot files: boot/<usb path>/<name> overlays boot/<name>
  std::string proto = "/x/sproto";  // prototypes of the nodes' own files (fstab)

  bool operator==(const Storage&) const = default;
};

struct Nfs {
  std::string export_options = "rw,no_root_squash,async,no_subtree_check";
  std::string home_options = "vers=3,noacl,async,bg";  // of the nodes' mount of the home subvolume
  std::string root_options = "vers=3";                 // of the nodes' root mount

  bool operator==(const Nfs&) const = default;
};

struct ClusterSpec {
  std::string name = "snail";  // of the cluster; also its DNS zone
  std::string host = "snail";  // host name of the B+
  Mode mode = Mode::kNative;
  BootServer boot_server = BootServer::kRpiboot;  // natively always zprov
  std::string boot_cmdline;  // further words for every node's kernel command line
  std::string boot_from;     // directory in the source with firmware and kernel; empty: found there
  std::string boot_initramfs;  // a ready-made one, path in the source; empty: made by mkinitramfs
  BootArch boot_arch = BootArch::kArm;
  int boot_at_once = 16;  // boards between boot ROM and file server at the same time, at least 1
  std::vector<std::string> update_keep;  // paths of a node's own that its next root takes over
  int prune_keep = 5;                    // generations of each node that pruning leaves, at least 1
  Bridge bridge;
  Storage storage;
  Nfs nfs;
  std::vector<std::string>
      deny;                 // links besides the nodes' own that the network manager leaves alone
  std::vector<Node> nodes;  // in file order; node i's address and MACs follow the range's rule

  bool operator==(const ClusterSpec&) const = default;
};

}  // namespace zprov::spec
