// What makes a node itself: its machine-id and ssh host keys, made once, kept in the store and
// copied into every root it gets.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/inside_root.h"
#include "os/identities.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Where a node's own files are in its root, besides its keys.
inline constexpr char kHostnamePath[] = "/etc/hostname";
inline constexpr char kHostsPath[] = "/etc/hosts";
inline constexpr char kMachineIdPath[] = "/etc/machine-id";

struct HostKeyFile {
  os::HostKeyKind kind;
  const char* name;  // of the private half; the public one has ".pub" behind it
};

std::span<const HostKeyFile> HostKeyFiles();
std::string PathOf(const HostKeyFile& file);  // "/etc/ssh/ssh_host_rsa_key"

struct Identity {
  std::vector<OwnFile> files;  // as they belong into the node's root
};

// Of several nodes, each with keys of these kinds.
struct Identities {
  std::set<os::HostKeyKind> kinds = {};
  std::map<std::string, Identity> of = {};  // by node
};

// The node's identity with keys of these kinds. What is in the store stays as it is; what lacks is
// made, in an order that leaves no half key behind a power cut. It lasts once the store was synced,
// as it is before anything points to a root. kInvalid: what is in the store is no identity, with
// what to do.
Result<Identity> EnsureIdentity(os::System& system, const spec::ClusterSpec& spec,
                                const std::string& node, const std::set<os::HostKeyKind>& kinds);

// By node, for the host's ssh_known_hosts: "ssh-ed25519 AAAA…", without comment, sorted. A node
// without keys has no row.
Result<std::map<std::string, std::vector<std::string>>> PublicHostKeys(
    os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::engine
