// What must be so before a generation is made or its pointers move. Guards look and refuse; they
// change nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/generations/store.h"
#include "core/spec/cluster_spec.h"
#include "engine/liveness.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// Part of the metadata space above which nothing new is made: a snapshot needs room to unshare tree
// nodes, and a full btrfs cannot even delete.
inline constexpr double kNearlyFull = 0.9;

// From 0 to 1; 1 when there is none at all.
double MetadataUsed(const os::Space& space);

// kRefused, with the way out.
Result<void> ExpectRoomForMetadata(os::System& system, const spec::ClusterSpec& spec);

// kRefused while dpkg or apt holds a lock of its own in the source: a snapshot would catch it half
// way.
Result<void> ExpectNoPackageRun(os::System& system, const spec::ClusterSpec& spec);

// kRefused: /x/s0 is something that neither zprov nor the procedure made, or was not adopted yet;
// every such node is named.
Result<void> ExpectOurRoots(os::System& system, const spec::ClusterSpec& spec,
                            const std::vector<std::string>& nodes, const generations::Store& store);

// Why its pointer must not move: "s1 is up (its link s1 answers)". Nothing: it may.
std::optional<std::string> WhyNotMoved(const spec::ClusterSpec& spec, const std::string& node,
                                       const NodeLife& life);

// The nodes of `nodes` whose life forbids to move their pointer, with the evidence: natively none
// of them (a running node keeps its generation until it reboots), compatibly whoever is not down.
std::vector<std::string> NodesInTheWay(const spec::ClusterSpec& spec,
                                       const std::vector<std::string>& nodes,
                                       const std::map<std::string, NodeLife>& lives);

// What the names mean: all nodes of the spec for none. kInvalid: no such node, with the nearest.
Result<std::vector<std::string>> NamedNodes(const spec::ClusterSpec& spec,
                                            const std::vector<std::string>& names);

}  // namespace zprov::engine
