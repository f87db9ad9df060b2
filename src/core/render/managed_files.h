// Every file that zprov manages for a spec. One pure function per file lives beside this header.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/render/managed_file.h"
#include "core/spec/cluster_spec.h"

namespace zprov::render {

// What the content depends on besides the spec.
struct HostFacts {
  bool has_dhcpcd = true;                                 // /etc/dhcpcd.conf is there
  bool has_network_manager = true;                        // /etc/NetworkManager is there
  std::function<bool(const std::string& node)> has_root;  // unset: every node has one

  // What `render` assumes: everything is there.
  static HostFacts Everything() { return {}; }
};

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
