// Every file that zprov manages for a spec. One pure function per file lives beside this header.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/render/managed_file.h"
#include "core/spec/cluster_spec.h"

namespace zprov::render {

// What the content depends on besides the spec.
struct HostFacts {
  bool has_dhcpcd = true;                                 // /etc/dhcpcd.conf is there
  bool has_network_manager = true;                        // /etc/NetworkManager is there
  bool has_known_hosts = false;                           // /etc/ssh/ssh_known_hosts is there
  std::function<bool(const std::string& node)> has_root;  // unset: every node has one

  // Real paths of the roots that a node may run, in the order to export them; none: it has no root.
  // Unset: the one that does not change, /x/s0.
  std::function<std::vector<std::string>(const std::string& node)> roots;

  // Its /x/sboot/<port> is a generation's, whose cmdline.txt and config.txt are made with it and
  // never written again. Unset: no node's is.
  std::function<bool(const std::string& node)> boots_from_generation;

  // By node: its public ssh host keys, "ssh-ed25519 AAAA…" with or without a comment.
  std::map<std::string, std::vector<std::string>> host_keys;

  // What `render` assumes: what the nodes need is there, and no generation yet.
  static HostFacts Everything() { return {}; }
};

// The links that no network manager of the host's may touch: those of gadgets and nodes, and
// natively the bridge, to which zprov gives its address; in the compatible mode a manager does.
std::vector<std::string> OwnLinks(const spec::ClusterSpec& spec);

// In a fixed order; names and paths are unique.
std::vector<ManagedFile> ManagedFiles(const spec::ClusterSpec& spec, const HostFacts& facts);

// Files of the procedure that this spec's mode does without: a plan retires them with a copy kept.
struct RetiredFile {
  std::string path;
  std::string reason;

  bool operator==(const RetiredFile&) const = default;
};
std::vector<RetiredFile> RetiredFiles(const spec::ClusterSpec& spec);

}  // namespace zprov::render
