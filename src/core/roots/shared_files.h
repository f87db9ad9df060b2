// What the files of a base say once they are the nodes' and no longer the host's: done once, before
// any root is a snapshot of it. Pure edits of texts; every byte that is not spoken of here stays.
// kInvalid in each: half or doubled blocks of zprov, with the line and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "util/result.h"

namespace zprov::roots {

// /etc/rc.local without the host's branch of zprov's block, or of the procedure's own unmarked
// text: the nodes' branch stays, as a block. Elsewhere a command line that begins with rpiboot
// becomes a
// `:`. A text with nothing of that stays as it is.
Result<std::string> WithoutHostPart(std::string_view rc_local, const spec::ClusterSpec& spec);

// What WithoutHostPart gave, with a block that starts zprov-node: for a root without systemd. Of an
// empty text a whole script.
Result<std::string> WithZprovNode(std::string_view rc_local, const spec::ClusterSpec& spec);

// /etc/dhcpcd.conf that leaves usb0 alone, and without the bridge's static address: a manager that
// takes usb0 on a node takes the root with it.
Result<std::string> WithoutUsb0(std::string_view dhcpcd_conf, const spec::ClusterSpec& spec);

// A file for the same purpose, whole: written where directory `of` is there.
struct LinkGuard {
  std::string_view of;  // "/etc/NetworkManager"
  std::string_view path;
  std::string_view content;
};
std::vector<LinkGuard> LinkGuards();

// /etc/hosts, but for the node's own name. The host's name is on no loopback line: a node would
// mount the home directories from itself. Where it stood on 127.0.1.1 stands the node's.
struct NodesHosts {
  std::vector<std::string> parts;  // at least one; between two of them the node's name

  std::string Of(const std::string& node) const;
};
Result<NodesHosts> HostsOfNodes(std::string_view hosts, const spec::ClusterSpec& spec);

}  // namespace zprov::roots
